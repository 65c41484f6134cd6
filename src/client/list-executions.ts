import { Client, type ClientOptions, type WorkflowExecutionInfo } from '@temporalio/client';
import {
  defaultPayloadConverter,
  type Payload,
  type PayloadCodec,
  type SerializationContext,
} from '@temporalio/common';
import { failureType } from '../contract/fail';
import { isSealed } from '../threads/encryption-codec';

/** Searches the server for executions, newest first. */
export type ListExecutions = (search: {
  readonly query: string;
  readonly pageSize: number;
}) => AsyncIterable<WorkflowExecutionInfo>;

/** Stands in a list for what this client cannot read in a run's memo. */
const UNREADABLE = defaultPayloadConverter.toPayload('(unreadable)');

/** Lists go on past runs whose memo cannot be read: forgotten ones, and those of others who have keys of their own. */
export function listExecutions(options: ClientOptions): ListExecutions {
  const { payloadCodecs: [codec] = [], ...converter } = options.dataConverter ?? {};
  const { workflow } = new Client({
    ...options,
    dataConverter: { ...converter, payloadCodecs: [forgiving(codec)] },
  });
  return (search) => workflow.list(search);
}

/** For reading alone. */
function forgiving(codec: PayloadCodec | undefined): PayloadCodec {
  const open = async (payload: Payload, context?: SerializationContext): Promise<Payload[]> => {
    if (codec === undefined) return [isSealed(payload) ? UNREADABLE : payload];
    try {
      return await codec.decode([payload], context);
    } catch (error) {
      const type = failureType(error);
      if (type !== 'RunForgotten' && type !== 'DecryptionFailed') throw error;
      return [UNREADABLE];
    }
  };
  return {
    encode: async (payloads) => payloads,
    decode: async (payloads, context) =>
      (await Promise.all(payloads.map((payload) => open(payload, context)))).flat(),
  };
}
