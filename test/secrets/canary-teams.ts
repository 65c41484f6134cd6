import { log } from '@temporalio/activity';
import { z } from 'zod';
import { agent, parallel, pipeline, route, saga, subteam, team, tool } from '../../src/contract/builders';
import { failure } from '../../src/contract/fail';
import type { Team } from '../../src/contract/team/team';
import type { ModelProvider } from '../../src/models/provider';
import { scripted } from '../../src/models/scripted';
import { output, refusal, type ScriptedReply, text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { toolUnavailable } from '../../src/tools/tool-errors';
import { isFirstTurn } from '../workflows/engine';
import { leakyPatterns, leakyReplies, note } from './canary-patterns';

/** Variables of a worker's environment that hold secrets, each of which one of the leaks below gives away. */
export const CANARY_VARIABLES = [
  'ANTHROPIC_API_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'GITHUB_TOKEN',
  'STRIPE_SECRET',
  'SMTP_PASSWORD',
  'TEMPORAL_API_KEY',
  'BATON_CODEC_TOKEN',
  'SLACK_TOKEN_2',
  'DB_PASSWD',
  'VAULT_CREDENTIALS',
  'SSH_PASSPHRASE',
  'SENTRY_SECRET',
  'OPENAI_API_KEY',
  'NPM_TOKEN',
  'REDIS_PASSWORD',
  'SIGNING_KEY',
  'SESSION_SECRET',
  'WEBHOOK_SECRET',
  'TWILIO_TOKEN',
] as const;
export type Canary = (typeof CANARY_VARIABLES)[number];
export type Canaries = Readonly<Record<Canary, string>>;

/** Teams, many of which fail, whose models, tools and embedder each give away what the worker must keep. */
export function leakyPlace(canaries: Canaries, echoing: ModelProvider) {
  const secrets = Object.values(canaries);
  let given = 0;
  const anySecret = () => secrets[given++ % secrets.length] ?? '';
  const leak = (
    name: string,
    run: (context: { attempt: number }) => unknown,
    more: Partial<Tool> = {},
  ): Tool => {
    let attempt = 0;
    return {
      ...defineTool({
        name,
        description: `Leaks by ${name}.`,
        input: z.object({}),
        effect: 'read',
        repeat: 'safe',
        run: async () => {
          attempt += 1;
          return run({ attempt }) as string;
        },
      }),
      ...more,
    };
  };
  const thrown = (error: Error) => () => {
    throw error;
  };
  const tools: Tool[] = [
    leak('result', () => `the token is ${canaries.GITHUB_TOKEN}`),
    leak('member', () => ({ [canaries.STRIPE_SECRET]: { deep: [1] } })),
    leak('encoded', () => Buffer.from(`Basic ${canaries.SMTP_PASSWORD}`.slice(6)).toString('base64')),
    leak('large', () => `${canaries.TEMPORAL_API_KEY} `.repeat(500)),
    leak('error', thrown(new Error(`connect with ${canaries.BATON_CODEC_TOKEN} failed`))),
    leak(
      'typed',
      thrown(failure('ToolFailed', `said ${canaries.SLACK_TOKEN_2}`, { details: [canaries.DB_PASSWD] })),
    ),
    leak(
      'cause',
      thrown(failure('ToolFailed', 'it failed', { cause: new TypeError(canaries.VAULT_CREDENTIALS) })),
    ),
    leak('outage', ({ attempt }) => {
      if (attempt === 1) throw toolUnavailable(`no answer to ${canaries.SSH_PASSPHRASE}`);
      return 'back';
    }),
    leak('logged', () => {
      log.error(`calling with ${canaries.SENTRY_SECRET}`, { key: canaries.SENTRY_SECRET });
      return 'done';
    }),
    leak('once', thrown(new Error(`it may have taken ${canaries.OPENAI_API_KEY}`)), {
      effect: 'write',
      repeat: 'never',
    }),
    leak('booked', () => `booked with ${canaries.NPM_TOKEN}`, {
      effect: 'write',
      repeat: 'keyed',
      compensation: 'undone',
    }),
    leak('undone', thrown(new Error(`cannot undo without ${canaries.REDIS_PASSWORD}`)), {
      effect: 'write',
      repeat: 'keyed',
    }),
    leak('child', () => [canaries.SIGNING_KEY]),
    note,
    leak('local', thrown(new RangeError(canaries.SESSION_SECRET)), { local: true }),
  ];

  const replies: Readonly<Record<string, (first: boolean) => ScriptedReply>> = {
    talker: () => text(`I am told ${canaries.AWS_SECRET_ACCESS_KEY} `.repeat(40)),
    writer: () => output({ key: canaries.AWS_SESSION_TOKEN }),
    refuser: () => refusal(canaries.WEBHOOK_SECRET),
    caller: (first) => (first ? toolCall('child', {}) : text('called')),
    packed: (first) => (first ? toolCall('error', {}) : text('packed')),
  };
  const ofPatterns = leakyReplies(anySecret);
  const script = scripted(
    (request) =>
      ofPatterns[request.agent]?.(request) ?? replies[request.agent]?.(isFirstTurn(request)) ?? text('fine'),
  );
  const provider: ModelProvider = {
    name: 'leaky',
    call: (request, context) => (request.agent === 'echo' ? echoing : script).call(request, context),
  };
  const embedder = {
    name: `leaky-${canaries.TWILIO_TOKEN.length}`,
    dimensions: 2,
    embed: async () => {
      throw failure('InvalidInput', `the embedder's key ${canaries.TWILIO_TOKEN} is wrong`);
    },
  };

  const who = (name: string, more: object = {}) => agent({ name, instructions: `You are ${name}.`, ...more });
  const key = { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] };
  const ofTool = (name: string) => team(`by-${name}`, pipeline([tool(name, {})]));
  const teams: Team[] = [
    ...leakyPatterns(),
    ...tools.filter(({ name }) => !['undone', 'note'].includes(name)).map(({ name }) => ofTool(name)),
    team('echoes', pipeline([who('echo')])),
    team('talks', parallel({ talker: who('talker'), writer: who('writer', { output: key }) })),
    team('refuses', pipeline([who('refuser')])),
    team('calls', pipeline([subteam(team('inner', pipeline([who('caller', { tools: ['child'] })])))])),
    team('packs', pipeline([who('packed', { tools: ['error'], mode: 'packed' })])),
    team(
      'undoes',
      saga([
        { name: 'book', do: tool('booked', {}) },
        { name: 'fail', do: tool('typed', {}) },
      ]),
    ),
    team(
      'routes',
      route(
        { billing: who('talker'), other: who('talker') },
        {
          by: [{ by: 'examples', examples: { billing: ['pay'], other: ['else'] } }],
          fallback: who('talker'),
        },
      ),
    ),
  ];
  return { tools, provider, embedder, teams };
}
