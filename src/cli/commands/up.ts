import { Command } from 'commander';
import { ensureServer, stopProjectServer } from '../../server/connect-or-start';
import type { Console } from '../screen/console';
import { type Cli, does } from './command';

interface UpFlags {
  readonly stop?: boolean;
  readonly json?: boolean;
}

/** `baton up`: a server to use, started in the background where none runs. It lives until `baton up --stop`. */
export function upCommand(cli: Cli): Command {
  const command = new Command('up')
    .description('Start the Temporal server that Baton brings, and keep it running in the background')
    .option('--stop', 'stop the server that Baton started for this folder; its runs stay in its database')
    .option('--json', 'print one JSON document on stdout and nothing else there');
  return does<UpFlags>(command, cli, async (console, flags) => (flags.stop ? down(console) : up(console)));
}

async function up(console: Console): Promise<void> {
  const server = await ensureServer({
    env: console.streams.env,
    lasting: true,
    report: (line) => console.note(line),
  });
  const { address, namespace, uiUrl, started } = server;
  console.document({ address, namespace, ...(uiUrl === undefined ? {} : { uiUrl }), started });
  console.say(`Temporal server  ${address}${started ? '' : ' (it was running already)'}`);
  if (uiUrl !== undefined) console.say(`Web UI           ${uiUrl}`);
  console.say('Next: baton run <team> --input …   or   baton worker --load <team>');
  if (started) console.say('Stop it with: baton up --stop');
}

async function down(console: Console): Promise<void> {
  const stopped = await stopProjectServer();
  console.document({ stopped });
  console.say(
    stopped
      ? 'The server is stopped. Its runs go on when it is started again.'
      : 'No server of Baton runs here.',
  );
}
