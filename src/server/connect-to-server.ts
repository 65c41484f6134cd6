import { Connection, type ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/**
 * A connection that may be closed, or not come about, while calls are under way: see {@link dropLateTries}. Throws what
 * the SDK's own `connect` throws.
 */
export async function connectToServer(options: ConnectionOptions): Promise<Connection> {
  const connection = Connection.lazy(options);
  dropLateTries(connection);
  try {
    await connection.ensureConnected();
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * The SDK tries a call again in a timer; on a closed channel that throws where nobody can catch it, and ends the process.
 * From here on a try that begins after the connection was closed goes nowhere: whoever closed it has given the call up,
 * and it is never answered.
 */
export function dropLateTries(connection: Connection): void {
  const { interceptors } = connection.options;
  if (interceptors === undefined) throw new TypeError('This connection takes no interceptors any more.');
  let isClosed = false;
  // The list that the connection reads at each call; the last one in it stands behind whatever tries again.
  interceptors.push(((...[call, next]) => (isClosed ? NOWHERE : next(call))) as Interceptor);
  const close = connection.close.bind(connection);
  connection.close = async () => {
    isClosed = true;
    await close();
  };
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
