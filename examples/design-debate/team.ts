import { z } from 'zod';
import { agent, type NamedAgent } from '../../src/contract/builders/agent';
import type { Built } from '../../src/contract/builders/built';
import { pipeline } from '../../src/contract/builders/in-order';
import { tool } from '../../src/contract/builders/leaves';
import { parallel, vote } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import { debate } from '../../src/contract/builders/teamwork';
import { failure } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { answersAbout, critiqueSchema } from './answers';
import { paperSchema } from './input';
import { parseOptions } from './options';

/** Whose eyes the panel looks with. The names are what the record of the decision shows. */
const VIEWS: Readonly<Record<string, string>> = {
  operations: 'whoever runs it at night: restarts, outages, what must be watched',
  delivery: 'whoever builds it: work, learning, how easily it can be changed and tested later',
  cost: 'whoever pays for it: servers, licences, people',
  data: 'whoever answers for the data: nothing lost, nothing doubled, nothing out of order',
};

type Answers = ReturnType<typeof answersAbout>;

/** A debate and a vote about `{ source, text }`, a design paper. Throws InvalidInput for a paper with fewer than two options. */
export function buildTeam(input: Json): Team {
  const read = paperSchema.safeParse(input);
  if (!read.success)
    throw failure('InvalidInput', `This is no design paper:\n${z.prettifyError(read.error)}`);
  const { source, text } = read.data;
  const paper = parseOptions(text);
  const [first, second, ...others] = paper.options.map(({ name }) => name);
  if (first === undefined || second === undefined)
    throw failure(
      'InvalidInput',
      `${source} holds fewer than two options. Begin each with a heading "## Option: its name".`,
    );
  const answers = answersAbout([first, second, ...others]);
  const record = tool(
    'write_record',
    { paper: { source, ...paper }, minutes: { $input: '/minutes' }, panel: { $input: '/panel' } },
    { id: 'record' },
  );
  return team('design-debate', pipeline([hearing(answers), decision(answers), record]), {
    description: 'An advocate and a critic before a judge, then a panel that has heard them and votes.',
    limits: { maxModelCalls: 100, maxMicroDollars: 5_000_000, timeout: '4h' },
  });
}

/** The debate, and beside it the options as a table, so that the panel has both. */
function hearing(answers: Answers): Built {
  return parallel(
    { paper: tool('read_options', { text: { $input: '/text' } }), debate: argue(answers) },
    { id: 'hearing', phase: 'debate' },
  );
}

function argue({ proposal, judgement }: Answers): Built {
  const limits = { maxTurns: 4, maxOutputTokens: 1500 };
  const advocate: NamedAgent = {
    name: 'advocate',
    description: 'Proposes an option and argues for it.',
    instructions:
      'You are given a design paper. Propose the option that you hold to be the best and say why, with facts of the paper. Once a critic has answered, meet the objection or propose another option.',
    tier: 'medium',
    output: proposal,
    limits,
  };
  const critic: NamedAgent = {
    name: 'critic',
    description: 'Looks for what is wrong with the proposal.',
    instructions:
      'You are given a design paper and the turns of a debate. Name the gravest weakness of the last proposal, with facts of the paper. Agree only where no other option is better in that.',
    tier: 'medium',
    output: critiqueSchema,
    limits,
  };
  const judge: NamedAgent = {
    name: 'judge',
    description: 'Decides who is right, or lets them go on.',
    instructions:
      'You judge a debate about a design paper. Decide once one option has stood up to the critic; with no round left you must decide. Give reasons, and as dissent what speaks against the verdict all the same.',
    tier: 'heavy',
    output: judgement,
    limits,
  };
  return debate({ proposer: agent(advocate), critic: agent(critic), judge: agent(judge) }, { maxRounds: 3 });
}

function decision({ ballot }: Answers): Built {
  const voters = Object.entries(VIEWS).map(([name, view]) => [
    name,
    agent({
      name,
      description: `Votes as ${view}.`,
      instructions: `You vote on a design paper whose debate you have heard. Look with the eyes of ${view}, and with no others. Rank all options, the best first, and give the one reason that decided.`,
      tier: 'light',
      output: ballot,
      limits: { maxTurns: 4, maxOutputTokens: 800 },
    }),
  ]);
  const chair: NamedAgent = {
    name: 'chair',
    description: 'Breaks a tie of the panel.',
    instructions:
      'The panel is divided. Choose one of the numbered answers, the one that could be undone most cheaply if it proves wrong, and say why.',
    tier: 'heavy',
    limits: { maxTurns: 4, maxOutputTokens: 800 },
  };
  return parallel(
    {
      minutes: tool('summarize_debate', { debate: { $input: '/debate' } }),
      panel: vote(Object.fromEntries(voters), { rule: 'ranked', tieBreak: agent(chair) }),
    },
    { id: 'decision', phase: 'vote' },
  );
}
