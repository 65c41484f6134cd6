import { z } from 'zod';
import { agent, type NamedAgent } from '../../src/contract/builders/agent';
import type { Built } from '../../src/contract/builders/built';
import { pipeline } from '../../src/contract/builders/in-order';
import { approve, tool } from '../../src/contract/builders/leaves';
import { parallel } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import { failure } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { type Change, parseChange } from './changed-files';
import { leadReviewSchema, reviewSchema } from './findings';
import { changeInputSchema } from './input';
import { addedRanges } from './line-ranges';
import { type Module, splitIntoModules } from './modules';

const HOW_TO_READ =
  'You get a code change. A line with + was added; the number before the bar is its line in the new file. Report problems of added lines only, the gravest first, at most six. When there is none, return an empty list.';

const security: NamedAgent = {
  name: 'security',
  description: 'Finds ways to misuse the change.',
  instructions: `You review code for security: injection, secrets in the code, missing checks of who may do what, unsafe paths, weak cryptography. ${HOW_TO_READ}`,
  tier: 'medium',
  output: reviewSchema,
  limits: { maxTurns: 6, maxOutputTokens: 3000 },
};

const performance: NamedAgent = {
  ...security,
  name: 'performance',
  description: 'Finds what will be slow or grow without bound.',
  instructions: `You review code for performance: requests in loops, work that grows with the square of the data, blocking calls, unbounded reads. ${HOW_TO_READ}`,
};

const style: NamedAgent = {
  ...security,
  name: 'style',
  description: 'Finds what will be hard to read or easy to break.',
  instructions: `You review code for readability and care: unclear names, long lines and functions, loose types, errors thrown away, leftovers. ${HOW_TO_READ}`,
  tier: 'light',
};

const lead: NamedAgent = {
  name: 'lead',
  description: 'Weighs the findings and words the verdict.',
  instructions:
    'You lead a code review. You get the findings of your reviewers as a list. Decide what to fix first and give your verdict: reject only for what must not be merged. Name findings as file:line and invent none.',
  tier: 'heavy',
  output: leadReviewSchema,
  limits: { maxTurns: 6, maxOutputTokens: 1500 },
};

/** A review of `{ source, diff }`: one group of reviewers for each module of the change. Throws InvalidInput for a diff without added lines. */
export function buildTeam(input: Json): Team {
  const read = changeInputSchema.safeParse(input);
  if (!read.success)
    throw failure('InvalidInput', `This is no change to review:\n${z.prettifyError(read.error)}`);
  const { source, diff } = read.data;
  const change = parseChange(diff);
  if (change.files.length === 0)
    throw failure(
      'InvalidInput',
      `${source} holds no added line to review. Give a unified diff or a folder.`,
    );
  const modules = splitIntoModules(change.files);
  return team('code-review', pipeline([reviews(modules), verdict(source, change), signOff()]), {
    description: 'Security, performance and style reviewers side by side, then a lead and a person.',
    limits: { maxModelCalls: 1000, maxMicroDollars: 20_000_000, timeout: '7d' },
  });
}

/** All modules at once; the findings of all as one list. */
function reviews(modules: readonly Module[]): Built {
  const branches = Object.fromEntries(modules.map((module) => [module.name, moduleReview(module)]));
  return parallel(branches, {
    id: 'modules',
    phase: 'review',
    join: { bestEffort: { atLeast: 0.8 } },
    merge: 'concatenate',
  });
}

/** The three reviewers of one module. Without the security review it counts as not reviewed. */
function moduleReview({ paths }: Module): Built {
  return pipeline([
    tool('read_module', { diff: { $input: '/diff' }, paths: [...paths] }, { id: 'read' }),
    parallel(
      { security: agent(security), performance: agent(performance), style: agent(style) },
      {
        id: 'reviewers',
        join: { bestEffort: { atLeast: 0.5, required: ['security'] } },
        merge: { deduplicate: { list: '/findings', by: ['/file', '/line', '/category'] } },
      },
    ),
  ]);
}

/** The lead reads the findings while they wait beside it unchanged, so that no wording of the lead can lose one. */
function verdict(source: string, change: Change): Built {
  const reviewed = {
    source,
    added: Object.fromEntries(change.files.map((file) => [file.path, addedRanges(file)])),
    skipped: [...change.skipped],
  };
  return pipeline(
    [
      parallel(
        {
          findings: tool('rank_findings', { findings: { $input: '' } }),
          lead: agent(lead, { onFailure: 'skip' }),
        },
        { id: 'weigh' },
      ),
      tool(
        'write_report',
        { findings: { $input: '/findings' }, lead: { $input: '/lead' }, reviewed },
        { id: 'report' },
      ),
    ],
    { id: 'verdict', phase: 'verdict' },
  );
}

function signOff(): Built {
  return approve('Shall this review go to the author?', {
    id: 'sign-off',
    phase: 'sign-off',
    approvers: ['maintainer'],
    deadline: '24h',
    escalate: [{ after: '4h', to: ['engineering-lead'] }],
    whenUnanswered: 'deny',
  });
}
