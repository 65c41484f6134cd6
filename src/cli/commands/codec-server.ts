import { once } from 'node:events';
import { Command } from 'commander';
import { startCodecServer } from '../../client/codec-server';
import { openStoreFromEnvironment } from '../../threads/store-from-environment';
import { usageError } from '../report-error';
import { untilInterrupted } from '../session/interrupt';
import { type Cli, does } from './command';
import { collected, positiveInteger } from './read-flags';

interface CodecServerFlags {
  readonly host: string;
  readonly port: number;
  readonly origin?: readonly string[];
  readonly json?: boolean;
}

/** `baton codec-server`: lets Temporal's Web UI and command show what is encrypted, to those who have the token. */
export function codecServerCommand(cli: Cli): Command {
  const command = new Command('codec-server')
    .description("Decrypt for Temporal's Web UI and command, for those who say BATON_CODEC_TOKEN")
    .option('--host <address>', 'address that it listens at; off this machine put TLS before it', '127.0.0.1')
    .option('--port <number>', 'port that it listens at', positiveInteger, 8081)
    .option(
      '--origin <url>',
      'where the Web UI is, as http://127.0.0.1:8233; may be given several times',
      collected,
    )
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<CodecServerFlags>(command, cli, async (console, { host, port, origin: origins = [] }) => {
    const { env } = console.streams;
    const token = env.BATON_CODEC_TOKEN;
    if (!token)
      throw usageError(
        'BATON_CODEC_TOKEN is not set: everybody who reaches the server could read every run.',
        'Make one with: openssl rand -hex 16',
      );
    const server = await startCodecServer({
      opened: openStoreFromEnvironment(env),
      token,
      host,
      port,
      origins,
    });
    console.document({ url: server.url, origins });
    console.say(`Codec server  ${server.url}`);
    console.say(
      `temporal --codec-endpoint ${server.url} --codec-auth "Bearer $BATON_CODEC_TOKEN" workflow show -w RUN`,
    );
    console.say(
      origins.length === 0
        ? "No Web UI may use it: name the UI's address with --origin."
        : `Web UI: set the codec server to ${server.url} with cross-origin credentials, and open ${server.url} once: any name, the token as password.`,
    );
    await untilInterrupted((signal) => once(signal, 'abort'));
    await server.close();
  });
}
