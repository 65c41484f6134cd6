import { z } from 'zod';
import {
  agent,
  checkpoint,
  emit,
  on,
  parallel,
  pipeline,
  saga,
  subteam,
  team,
  tool,
} from '../../src/contract/builders/index';
import { text } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { type Recording, recordTeam } from './recording';

const whatSchema = z.object({ what: z.string() });

/** A booking that can be undone, and one that never succeeds. */
const TOOLS: readonly Tool[] = [
  defineTool({
    name: 'book',
    description: 'Books.',
    input: whatSchema,
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    compensation: 'unbook',
    run: async ({ what }) => {
      if (what === 'nothing') throw new Error('nothing is left');
      return { id: what };
    },
  }),
  defineTool({
    name: 'unbook',
    description: 'Undoes a booking.',
    input: z.object({ args: whatSchema }),
    effect: 'write',
    trust: 'trusted',
    repeat: 'keyed',
    run: async ({ args }) => {
      if (args.what === 'stuck') throw new Error('it cannot be undone');
      return null;
    },
  }),
];

const book = (what: string) => tool('book', { what });
const replies = ({ agent: name }: { readonly agent: string }) => text(`${name} says it`);
const who = (name: string) => agent({ name, instructions: `You are ${name}.` });

/** Sagas that end in each of their ways, sub-teams, and events between executions. */
export const SAGA_RECORDINGS: readonly Recording[] = [
  recordTeam('saga-done', {
    root: saga([
      { name: 'flight', do: book('flight') },
      { name: 'hotel', do: pipeline([book('hotel')], { isolated: true }) },
    ]),
    tools: TOOLS,
    replies,
  }),
  recordTeam('saga-undone', {
    root: saga([
      { name: 'flight', do: book('flight'), undo: tool('book', { what: 'refund' }) },
      {
        name: 'stay',
        do: parallel({ hotel: book('hotel'), spa: pipeline([book('spa')], { isolated: true }) }),
      },
      { name: 'car', do: pipeline([book('car'), book('nothing')], { isolated: true }) },
    ]),
    tools: TOOLS,
    replies,
  }),
  recordTeam('saga-incomplete', {
    root: saga([
      { name: 'stuck', do: book('stuck') },
      { name: 'car', do: book('nothing') },
    ]),
    tools: TOOLS,
    replies,
    decision: { verdict: 'deny', by: 'maintainer' },
  }),
  recordTeam('sub-teams', {
    root: pipeline([
      who('first'),
      checkpoint('half'),
      subteam(team('editors', pipeline([who('editor'), who('printer')]), { limits: { timeout: '1h' } })),
    ]),
    replies,
  }),
  recordTeam('events', {
    root: parallel({
      teller: pipeline([who('teller'), emit('ready')], { isolated: true }),
      here: on('ready'),
      child: pipeline([on('ready')], { isolated: true }),
    }),
    replies,
  }),
];
