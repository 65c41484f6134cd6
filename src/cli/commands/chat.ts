import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { BatonError } from '../../client/baton-error';
import type { WatchedBy } from '../../client/oversight';
import type { Answer, HistoryEntry, Session } from '../../client/session';
import type { Priority } from '../../contract/run/priority';
import type { Team } from '../../contract/team/team';
import { EXIT, type ExitCode } from '../exit-codes';
import type { Console } from '../screen/console';
import { readable } from '../screen/readable';
import { untilInterrupted } from '../session/interrupt';
import { openRunSession, type RunSession } from '../session/run-session';
import { type ServerFlags, serverCommand } from '../session/server-options';
import { type WatchFlags, watchedBy } from '../session/watched-by';
import { checkOptions } from '../team/check-options';
import { OFFLINE_NOTICE } from '../team/choose-models';
import { mistakeLine } from '../team/mistake-line';
import { type CheckedFile, loadTeamFolder } from '../team/team-folder';
import { type Cli, does } from './command';
import { priorityOf } from './read-flags';

interface ChatFlags extends ServerFlags, WatchFlags {
  readonly session?: string;
  readonly idle?: string;
  readonly tenant?: string;
  readonly priority?: Priority;
  readonly keep?: boolean;
  readonly offline?: boolean;
}

/** What became of one line. */
interface Exchange {
  readonly message: string;
  readonly answer?: Answer;
  readonly error?: { readonly type: string; readonly message: string };
}

/** `baton chat`: a conversation with a team, a message a line, from the terminal or from a pipe. */
export function chatCommand(cli: Cli): Command {
  const command = serverCommand('chat', 'Talk with a team: each line of stdin is a message')
    .argument('<team>', 'folder of a team, or a team in YAML or JSON')
    .option('--session <id>', 'go on with a session that was kept')
    .option('--idle <duration>', 'silence after which it ends: 30m where it is left out')
    .option('--tenant <name>', 'who the session belongs to')
    .option('--priority <number>', 'from 1, before all others, to 5; 3 where it is left out', priorityOf)
    .option('--policy <file>', "a policy in force beside the team's own: a file, or JSON")
    .option('--sign-as <name>', 'whose key signs the opening, where the project has approvers')
    .option('--keep', 'leave the session open, and the server running, when the input ends')
    .option('--offline', "answer with the team's offline replies, whatever models are configured");
  return does<ChatFlags>(command, cli, async (console, flags, [path = '']) => {
    const folder = loadTeamFolder(path);
    const team = wholeTeam(await folder.check(null, checkOptions(folder)));
    const watched = flags.session === undefined ? await watchedBy(console.streams, flags) : {};
    const { taskQueue, ...rest } = flags;
    const isNamed = command.getOptionValueSource('taskQueue') !== 'default';
    const opened = await openRunSession(
      {
        flags: isNamed ? { ...rest, taskQueue } : rest,
        folder,
        team,
        filesRoot: process.cwd(),
        mayWork: true,
        offline: flags.offline === true,
        keep: flags.keep === true,
      },
      console,
    );
    try {
      if (opened.offline) console.say(OFFLINE_NOTICE);
      const session = await sessionFor(opened, team, { ...flags, watched });
      console.note(console.paint.dim(`session ${session.id}`));
      return await untilInterrupted((signal) => chat(console, session, { opened, flags, path, signal }));
    } finally {
      await opened.close();
    }
  });
}

async function sessionFor(
  { client }: RunSession,
  team: Team,
  flags: ChatFlags & { readonly watched: WatchedBy },
): Promise<Session> {
  if (flags.session !== undefined) return client.session(flags.session);
  return client.openSession(team, {
    ...(flags.idle === undefined ? {} : { idleTimeout: flags.idle }),
    ...(flags.tenant === undefined ? {} : { tenant: flags.tenant }),
    ...(flags.priority === undefined ? {} : { priority: flags.priority }),
    ...flags.watched,
  });
}

interface Chat {
  readonly opened: RunSession;
  readonly flags: ChatFlags;
  readonly path: string;
  readonly signal: AbortSignal;
}

async function chat(
  console: Console,
  session: Session,
  { opened, flags, path, signal }: Chat,
): Promise<ExitCode> {
  const exchanges: Exchange[] = [];
  const people = new PeopleSaying(flags.session === undefined ? 0 : (await session.history()).entries.length);
  const { stdin, stderr } = console.streams;
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const interrupted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      lines.close();
      resolve(undefined);
    });
  });
  const prompt = (): void => {
    if (stdin.isTTY === true && !signal.aborted) stderr.write('> ');
  };
  prompt();
  for await (const line of lines) {
    const message = line.trim();
    if (message !== '') {
      const exchange = await Promise.race([exchanged(session, message), opened.broken, interrupted]);
      if (exchange === undefined) break;
      exchanges.push(exchange);
      for (const { by, text } of await people.since(session, exchange))
        console.say(`${by ?? 'a person'}: ${readable(text)}`);
      show(console, exchange);
    }
    prompt();
  }
  const isKept = flags.keep === true || signal.aborted;
  if (isKept) console.note(`Go on with: baton chat ${path} --session ${session.id}`);
  else await session.close();
  console.document({ session: session.id, offline: opened.offline, exchanges });
  if (signal.aborted) return EXIT.interrupted;
  return exchanges.some(({ error }) => error !== undefined) ? EXIT.runFailed : EXIT.ok;
}

/** A message whose run failed is no reason to end the conversation; one that the session did not take is. */
async function exchanged(session: Session, message: string): Promise<Exchange> {
  try {
    return { message, answer: await session.say(message) };
  } catch (error) {
    if (!(error instanceof BatonError) || ENDS.has(error.type)) throw error;
    return { message, error: { type: error.type, message: error.message } };
  }
}

const ENDS: ReadonlySet<string> = new Set([
  'SessionOver',
  'RunNotFound',
  'NoWorker',
  'TemporalUnreachable',
  'ServerRefused',
]);

function show(console: Console, { answer, error }: Exchange): void {
  if (error !== undefined) console.note(console.paint.error(`${error.type}: ${error.message}`));
  else if (answer?.output !== undefined) console.say(readable(answer.output));
  else console.note('A person has the conversation; the message is kept for them.');
}

/** Finds what people have said since it was last asked. */
class PeopleSaying {
  private mayHaveSaid = true;

  constructor(private seen: number) {}

  async since(session: Session, { answer }: Exchange): Promise<readonly HistoryEntry[]> {
    const isHeld = answer?.state === 'held';
    // A long history is read only where a person had the conversation since the last line.
    if (!isHeld && !this.mayHaveSaid) return [];
    this.mayHaveSaid = isHeld;
    const { entries } = await session.history();
    const fresh = entries.slice(this.seen).filter(({ from }) => from === 'person');
    this.seen = entries.length;
    return fresh;
  }
}

/** Throws InvalidTeam with every mistake, one a line. */
function wholeTeam({ team, mistakes }: CheckedFile): Team {
  if (team !== undefined) return team;
  throw new BatonError('InvalidTeam', mistakes.map(mistakeLine).join('\n'));
}
