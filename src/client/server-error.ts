import { isGrpcDeadlineError, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import { ENCRYPTED_ENCODING } from '../threads/encryption-codec';
import { asBatonError, BatonError } from './baton-error';
import type { ClientContext } from './client-context';

/** Codes of gRPC that matter here, by their numbers in its specification. */
const GRPC = { cancelled: 1, deadlineExceeded: 4, unavailable: 14 };

/** A server takes a call back whose time is over, which a busy client may hear before it looks at its own clock. */
export function isOutOfTime(error: unknown): boolean {
  const code = grpcCode(error);
  return code === GRPC.deadlineExceeded || code === GRPC.cancelled;
}

/** The server's words where a workflow was there and is closed; where there never was one it has others. */
const CLOSED = 'workflow execution already completed';

export function isClosed(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError && error.message === CLOSED;
}

type Where = Pick<ClientContext, 'address' | 'namespace'>;

/** What a server's error means to a person. Errors that say nothing about the server are returned as they are. */
export function explainServerError(error: unknown, where: Where, run?: string): unknown {
  const known = asBatonError(error);
  if (known !== undefined) return known;
  const facts = { cause: error, ...(run === undefined ? {} : { run }) };
  if (isClosed(error) && run !== undefined)
    return new BatonError('RunOver', `Run "${run}" has ended meanwhile.`, facts);
  if (error instanceof WorkflowNotFoundError && run !== undefined)
    return new BatonError('RunNotFound', `There is no run "${run}" on ${where.address}.`, facts);
  // Of a client without keys: no converter knows the encoding.
  if (error instanceof ValueError && error.message.includes(ENCRYPTED_ENCODING))
    return new BatonError('DecryptionFailed', 'It is encrypted, and this client was given no keys.', facts);
  const code = grpcCode(error);
  if (code === GRPC.unavailable || isOutOfTime(error))
    return new BatonError('TemporalUnreachable', `No Temporal server answers at ${where.address}.`, facts);
  if (code !== undefined)
    return new BatonError(
      'ServerRefused',
      `The Temporal server at ${where.address} refused: ${grpcWords(error)}.`,
      facts,
    );
  return error;
}

/** Runs a piece of client work and throws what its error means. */
export async function explained<T>(context: Where, work: () => Promise<T>, run?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainServerError(error, context, run);
  }
}

/** The gRPC status of an error or of its causes, since the SDK wraps what it receives. */
export function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  if (isGrpcDeadlineError(error)) return GRPC.deadlineExceeded;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : undefined;
}

export function grpcWords(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details;
  if (error instanceof Error) return error.cause === undefined ? error.message : grpcWords(error.cause);
  return String(error);
}
