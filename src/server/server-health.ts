import type { ConnectionOptions } from '@temporalio/client';
import { connectToServer } from './connect-to-server';
import { missingSearchAttributes } from './search-attributes';

export interface HealthQuestion {
  readonly connectionOptions: ConnectionOptions;
  readonly namespace: string;
  /** How long to wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Asks the server whether it serves the namespace, and what it lacks.
 *
 * @returns the names of Baton's search attributes that the namespace lacks.
 * @throws whatever the connection or the server said, within the time allowed.
 */
export async function askHealth(question: HealthQuestion): Promise<string[]> {
  const deadline = Date.now() + question.timeoutMs;
  const connection = await connectToServer({
    ...question.connectionOptions,
    connectTimeout: question.timeoutMs,
  });
  try {
    return await connection.withDeadline(deadline, async () => {
      await connection.workflowService.describeNamespace({ namespace: question.namespace });
      return missingSearchAttributes(connection, question.namespace);
    });
  } finally {
    await connection.close();
  }
}
