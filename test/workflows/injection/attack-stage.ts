import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Approval } from '../../../src/contract/approvals/approval';
import type { Json } from '../../../src/contract/json';
import type { RunView } from '../../../src/contract/run/view';
import type { Team } from '../../../src/contract/team/team';
import { defineTool } from '../../../src/tools/define-tool';
import { fileTools } from '../../../src/tools/files/file-tools';
import { httpTools } from '../../../src/tools/http/http-tools';
import { DIRECT } from '../../../src/tools/http/pinned-exchange';
import type { Tool } from '../../../src/tools/tool';
import { type Engine, type StartedRun, startEngine } from '../engine';

const PUBLIC = '93.184.216.34';
export const SECRET = 'canary-4711';

/** What came of a run in which every question was answered with no. */
export interface Aftermath {
  /** Questions that people were asked, by tool. */
  readonly asked: readonly string[];
  readonly refusedCalls: number;
  readonly views: readonly RunView[];
  readonly failure: string | undefined;
}

/** A world in which everything that happens is counted, and in which nobody allows anything. */
export interface AttackStage {
  readonly engine: Engine;
  /** Writes that were carried out. */
  readonly effects: string[];
  /** Requests that reached the one listed host, by method and address. */
  readonly requests: string[];
  /** Addresses that were connected to. */
  readonly connected: string[];
  /** What the page, the listed host and the file say. */
  says: { page: string | Error; host: (response: http.ServerResponse, url: string) => void };
  file(name: string, content: string): void;
  run(team: Team, input?: Json): Promise<Aftermath>;
  stop(): Promise<void>;
}

export async function attackStage(): Promise<AttackStage> {
  const base = mkdtempSync(path.join(tmpdir(), 'baton-attack-'));
  const root = path.join(base, 'root');
  mkdirSync(root);
  writeFileSync(path.join(base, 'secret.txt'), SECRET);
  writeFileSync(path.join(root, '.env'), SECRET);
  symlinkSync(path.join(base, 'secret.txt'), path.join(root, 'link.txt'));
  const effects: string[] = [];
  const requests: string[] = [];
  const connected: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    stage.says.host(response, request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const network = {
    resolve: async (host: string) => [host === 'rebind.example.com' ? '127.0.0.1' : PUBLIC],
    connect: (address: string) => {
      connected.push(address);
      return DIRECT.connect('127.0.0.1', (server.address() as AddressInfo).port);
    },
  };
  const write = (name: string): Tool =>
    defineTool({
      name,
      description: `Does ${name}, for good.`,
      input: z.strictObject({ to: z.string(), amount: z.number() }),
      effect: 'write',
      repeat: 'keyed',
      run: async (args) => {
        effects.push(`${name} ${JSON.stringify(args)}`);
        return null;
      },
    });
  const readPage = defineTool({
    name: 'read_page',
    description: 'Reads the page.',
    input: z.strictObject({}),
    effect: 'read',
    repeat: 'safe',
    run: async () => {
      if (stage.says.page instanceof Error) throw stage.says.page;
      return stage.says.page;
    },
  });
  const engine = await startEngine({
    tools: [
      readPage,
      write('pay'),
      write('wipe'),
      ...fileTools({ root }),
      ...httpTools({
        hosts: ['api.example.com', 'rebind.example.com'],
        schemes: ['http', 'https'],
        send: ['POST'],
        network,
      }),
    ],
  });
  const stage: AttackStage = {
    engine,
    effects,
    requests,
    connected,
    says: { page: '', host: (response) => response.end('fine') },
    file: (name, content) => writeFileSync(path.join(root, name), content),
    run: async (team, input = 'Work.') => denyingAll(engine, await engine.start(team, input)),
    async stop() {
      server.closeAllConnections();
      await Promise.all([engine.stop(), new Promise((resolve) => server.close(resolve))]);
      rmSync(base, { recursive: true, force: true });
    },
  };
  return stage;
}

/** Waits for the end of the run, saying no to whatever anybody is asked, in its children too. */
async function denyingAll(engine: Engine, run: StartedRun): Promise<Aftermath> {
  const asked: string[] = [];
  let over = false;
  const ending = run.result().then(
    () => undefined,
    (error: unknown) => String((error as { cause?: unknown }).cause ?? error),
  );
  void ending.then(() => {
    over = true;
  });
  while (!over) {
    for (const { approvals, workflow } of await viewsOf(engine, run.id))
      for (const approval of approvals.filter(({ decision }) => decision === undefined)) {
        asked.push(toolOf(approval));
        const { id, hash } = approval;
        await engine
          .attach(workflow)
          .decide({ approval: id, hash, verdict: 'deny', by: 'kim' })
          .catch(() => asked.pop());
      }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const views = await viewsOf(engine, run.id);
  const refusedCalls = views
    .flatMap(({ nodes }) => nodes)
    .reduce((sum, node) => sum + (node.refusedCalls ?? 0), 0);
  return { asked, refusedCalls, views, failure: await ending };
}

function toolOf({ bound, reason }: Approval): string {
  return bound.call?.tool ?? reason;
}

async function viewsOf(engine: Engine, workflow: string): Promise<readonly RunView[]> {
  const view = await engine
    .attach(workflow)
    .view()
    .catch(() => undefined);
  if (view === undefined) return [];
  const children = view.nodes.flatMap(({ child }) =>
    child === undefined || child === workflow ? [] : [child],
  );
  const below = await Promise.all(children.map((child) => viewsOf(engine, child)));
  return [view, ...below.flat()];
}
