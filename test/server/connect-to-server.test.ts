import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../src/server/free-port';

/** Closes a connection while a call on it waits to be tried again, and lives on until that try is due. */
const CLOSES_EARLY = `
const [, address, guarded] = process.argv;
const { Connection } = require('@temporalio/client');
const { dropLateTries } = require('${resolve('dist/src/server/connect-to-server.js')}');
const connection = Connection.lazy({ address });
if (guarded === 'yes') dropLateTries(connection);
connection.workflowService.getSystemInfo({}).catch(() => undefined);
setTimeout(() => void connection.close(), 60);
setTimeout(() => undefined, 2000);
`;

async function closeEarly(guarded: 'yes' | 'no'): Promise<string> {
  const address = `127.0.0.1:${await freePort(0)}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', CLOSES_EARLY, address, guarded]);
  return stdout;
}

describe('a connection that is closed while a call waits to be tried again', () => {
  test('the try goes nowhere, and the process lives on', async () => {
    await expect(closeEarly('yes')).resolves.toBe('');
  });

  test('without the guard the SDK ends the process', async () => {
    await expect(closeEarly('no')).rejects.toMatchObject({
      stderr: expect.stringContaining('Channel has been shut down'),
    });
  });
});
