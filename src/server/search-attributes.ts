import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTE_TYPES } from '../contract/names';

/** Baton's search attributes that the namespace lacks, in the order of the contract. */
export async function missingSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(SEARCH_ATTRIBUTE_TYPES).filter((name) => customAttributes[name] === undefined);
}

/** The command that adds each missing search attribute, for the person who runs that server. */
export function searchAttributeCommands(
  missing: readonly string[],
  address: string,
  namespace: string,
): string[] {
  return missing.map(
    (name) =>
      `temporal operator search-attribute create --address ${address} --namespace ${namespace} --name ${name} --type ${SEARCH_ATTRIBUTE_TYPES[name]}`,
  );
}
