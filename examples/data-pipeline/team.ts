import { z } from 'zod';
import { agent, type NamedAgent } from '../../src/contract/builders/agent';
import { pipeline } from '../../src/contract/builders/in-order';
import { tool } from '../../src/contract/builders/leaves';
import { parallel } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import { failure } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { TOPICS, topicsSchema } from './batch';
import { pipelineInputSchema, type STAGES } from './input';

const sorter: NamedAgent = {
  name: 'sorter',
  description: 'Sorts comments by topic.',
  instructions: `You sort customers' comments. You get a list of orders with comments. Give each order's id one topic: ${TOPICS.join(', ')}. Praise is praise only when nothing is complained about.`,
  tier: 'light',
  output: topicsSchema,
  limits: { maxTurns: 6, maxOutputTokens: 2000 },
};

/** Extract, validate, enrich, format; the input may name a stage that is to fail. Throws InvalidInput. */
export function buildTeam(input: Json): Team {
  const read = pipelineInputSchema.safeParse(input);
  if (!read.success)
    throw failure('InvalidInput', `This is no input of the data pipeline:\n${z.prettifyError(read.error)}`);
  const { file, failStage, failAs } = read.data;
  const fail = (stage: (typeof STAGES)[number]): Json => (stage === failStage ? failAs : null);
  const batch = { $input: '' };
  return team(
    'data-pipeline',
    pipeline([
      // Without records there is nothing to go on with: this one may fail the run.
      tool('extract_records', { file, fail: fail('extract') }, { id: 'extract' }),
      tool(
        'validate_records',
        { batch, fail: fail('validate') },
        {
          id: 'validate',
          onFailure: { fallback: tool('keep_exact_records', { batch }) },
        },
      ),
      parallel(
        {
          orders: tool(
            'enrich_orders',
            { batch, file, fail: fail('enrich') },
            {
              onFailure: { fallback: tool('keep_plain_orders', { batch }) },
            },
          ),
          topics: pipeline([tool('list_comments', { batch, fail: fail('topics') }), agent(sorter)], {
            onFailure: 'skip',
          }),
        },
        { id: 'enrich' },
      ),
      tool(
        'format_orders',
        { batch: { $input: '/orders' }, topics: { $input: '/topics' }, fail: fail('format') },
        { id: 'format' },
      ),
    ]),
    {
      description: 'Records through four stages, with what was dropped and why.',
      limits: { maxModelCalls: 50, timeout: '1h' },
    },
  );
}
