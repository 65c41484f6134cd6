import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** Encoding of what stands in the place of a payload that a worker refused; its data are JSON, {@link Refused}. No converter knows it. */
export const REFUSED_ENCODING = 'baton/refused';

export interface Refused {
  readonly refused: string;
}

const reasons = new WeakMap<object, string>();

/** Why what came cannot be read; undefined where it can. */
export function whyUnreadable(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? reasons.get(value) : undefined;
}

/**
 * Temporal's own converter, save that a workflow which is sent what cannot be read is given a value for it. Whoever looks
 * into that fails the workflow task, as an unreadable payload does by default: only handlers of signals, which nobody can
 * send back, look first and go on without it. The SDK finds it by the name of this file, in workflows.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context) => defaultPayloadConverter.toPayload(value, context),
  fromPayload<T>(payload: Payload, context?: Parameters<PayloadConverter['fromPayload']>[1]): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload, context);
    } catch (error) {
      if (context?.type !== 'workflow') throw error;
      return unreadable(whyRefused(payload) ?? messageOf(error)) as T;
    }
  },
};

function whyRefused({ data }: Payload): string | undefined {
  try {
    const { metadata: ofJson } = defaultPayloadConverter.toPayload('');
    const asJson = { metadata: ofJson ?? null, data: data ?? null };
    const { refused } = defaultPayloadConverter.fromPayload<Partial<Refused>>(asJson);
    return refused;
  } catch {
    return undefined;
  }
}

function unreadable(why: string): object {
  const fail = (): never => {
    // Not a TypeError: a mistake in workflow code would fail the run for good.
    throw new Error(`What came cannot be read: ${why}`);
  };
  const value = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail });
  reasons.set(value, why);
  return value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
