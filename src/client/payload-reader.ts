import type { Payload } from '@temporalio/common';
import { StorageDriverClaim } from '@temporalio/common';
import { z } from 'zod';
import type { OpenStore } from '../threads/open-store';

/** Reads and writes payloads outside of any run, as people look at them. */
export interface PayloadReader {
  /** Opens each payload, fetching it first where it lies in the store; one that cannot be opened stays as it is. */
  decode(payloads: readonly Payload[]): Promise<Payload[]>;
  /** Seals payloads for no run in particular: every run takes them. */
  encode(payloads: readonly Payload[]): Promise<Payload[]>;
}

/** What the SDK leaves in a history in the place of a payload that lies in the store. */
const REFERENCE_TYPE = 'temporal.api.sdk.v1.ExternalStorageReference';
const referenceSchema = z.object({ driverName: z.string(), claimData: z.record(z.string(), z.string()) });

/** Undefined where nothing is encrypted. */
export function payloadReader({ dataConverter }: OpenStore): PayloadReader | undefined {
  const { externalStorage, payloadCodecs: [codec] = [] } = dataConverter;
  if (codec === undefined) return undefined;

  const fetched = async (payload: Payload): Promise<Payload> => {
    if (Buffer.from(payload.metadata?.messageType ?? []).toString() !== REFERENCE_TYPE) return payload;
    const { driverName, claimData } = referenceSchema.parse(
      JSON.parse(Buffer.from(payload.data ?? []).toString()),
    );
    const driver = externalStorage?.getDriver(driverName);
    const [found] = (await driver?.retrieve({}, [new StorageDriverClaim(claimData)])) ?? [];
    return found ?? payload;
  };
  const opened = async (payload: Payload): Promise<Payload> => {
    try {
      return (await codec.decode([await fetched(payload)]))[0] ?? payload;
    } catch {
      // One payload that is lost must not hide the others of a page.
      return payload;
    }
  };
  return {
    decode: (payloads) => Promise.all(payloads.map(opened)),
    encode: (payloads) => codec.encode([...payloads]),
  };
}
