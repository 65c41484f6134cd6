import path from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { EncryptionCodec } from '../threads/encryption-codec';

/** File of the payload converter that belongs into every bundle of the workflows. */
export const MARKED_PAYLOADS = path.resolve(__dirname, '..', 'contract', 'marked-payloads');

/** The same data converter for those who run or replay workflows: what is refused of what a workflow is sent is marked. */
export function forWorkflows(dataConverter: DataConverter): DataConverter {
  const { payloadCodecs } = dataConverter;
  if (payloadCodecs === undefined) return dataConverter;
  return {
    ...dataConverter,
    payloadCodecs: payloadCodecs.map((codec) => (codec instanceof EncryptionCodec ? codec.marking() : codec)),
  };
}
