import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/**
 * A connection that may be closed, or not come about, while calls are under way. The SDK tries a call again in a timer; on
 * a closed channel that throws where nobody can catch it, and ends the process. Here a try that begins after the close
 * goes nowhere: whoever closed has given the call up, and it is never answered. Throws what the SDK's own `connect` throws.
 */
export async function connectToServer(options: ConnectionOptions): Promise<Connection> {
  const { interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions())] } = options;
  let isClosed = false;
  const guard = ((...[call, next]) => (isClosed ? NOWHERE : next(call))) as Interceptor;
  try {
    const connection = await Connection.connect({
      ...options,
      interceptors: [...interceptors, guard],
    });
    const close = connection.close.bind(connection);
    connection.close = async () => {
      isClosed = true;
      await close();
    };
    return connection;
  } catch (error) {
    isClosed = true;
    throw error;
  }
}

const nothing = (): void => undefined;

const NOWHERE = {
  start: nothing,
  startRead: nothing,
  sendMessage: nothing,
  sendMessageWithContext: nothing,
  halfClose: nothing,
  cancelWithStatus: nothing,
  getPeer: () => '',
  getAuthContext: () => null,
};
