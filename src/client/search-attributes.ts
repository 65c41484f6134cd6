import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTE_TYPES } from '../contract/names';

/** True where the namespace has all of Baton's search attributes; runs on other servers go without. */
export async function hasSearchAttributes(connection: Connection, namespace: string): Promise<boolean> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(SEARCH_ATTRIBUTE_TYPES).every((name) => Object.hasOwn(customAttributes ?? {}, name));
}
