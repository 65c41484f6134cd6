import { z } from 'zod';
import { agent, type NamedAgent } from '../../src/contract/builders/agent';
import type { Built, Part } from '../../src/contract/builders/built';
import { dag, pipeline } from '../../src/contract/builders/in-order';
import { approve, tool } from '../../src/contract/builders/leaves';
import { team } from '../../src/contract/builders/team';
import { route } from '../../src/contract/builders/teamwork';
import { failure } from '../../src/contract/fail';
import type { Json } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import { type Alert, alertSchema, conclusionSchema, findingsSchema } from './contracts';

const lead: NamedAgent = {
  name: 'lead',
  description: 'Plans the investigation.',
  instructions:
    'You lead the investigation of an incident. Plan a few tasks for the workers; in each objective name the service to look at. Tasks that need what another one finds require it. Where a task has failed, plan other tasks that lead further: another service, for one.',
  tier: 'heavy',
  limits: { maxTurns: 4, maxOutputTokens: 2000 },
};

const commander: NamedAgent = {
  name: 'commander',
  description: 'Concludes what happened and what is to be done.',
  instructions:
    'You get the findings of an investigation, by task. Name the service that caused the incident and the cause in one sentence. As evidence copy the findings that prove it, unchanged. Propose one action that a runbook among the findings names: roll_back with the previous version from the deploy, or restart. Propose none where the findings name none.',
  tier: 'heavy',
  output: conclusionSchema,
  limits: { maxTurns: 4, maxOutputTokens: 3000 },
};

/** A worker: an agent with one tool, and a check that what it quotes is there. Without a finding that stands, the task fails. */
function worker(name: string, toolName: string, task: string): Part {
  const reader: NamedAgent = {
    name: `${name}-reader`,
    description: task,
    instructions: `${task} You get an objective, the alert as input, and results of earlier tasks. Use your tool for the time of the alert. A finding says in one sentence what a line shows, with the file, the number of the line, and the line itself as the quote. Report what helps to explain the incident and nothing else; report no finding where there is none.`,
    tier: 'light',
    tools: [toolName],
    output: findingsSchema,
    limits: { maxTurns: 6, maxToolCalls: 4, maxOutputTokens: 2000 },
  };
  return pipeline([agent(reader), tool('keep_proven', { findings: { $input: '/findings' } })]);
}

const WORKERS: Readonly<Record<string, Part>> = {
  metrics: worker('metrics', 'compare_metrics', 'Finds out which services slowed down or failed.'),
  logs: worker('logs', 'search_logs', 'Reads the log of the service that the objective names.'),
  changes: worker('changes', 'list_deploys', 'Finds out what was deployed before it began.'),
  runbooks: worker(
    'runbooks',
    'find_runbooks',
    'Finds what the runbooks say about the errors that were found.',
  ),
};

const CLOSE = tool('close_report', { report: { $input: '' } });

/** The investigation of one alert, to its end. Throws InvalidInput. */
export function buildTeam(input: Json): Team {
  const read = alertSchema.safeParse(input);
  if (!read.success) throw failure('InvalidInput', `This is no alert:\n${z.prettifyError(read.error)}`);
  const { incident } = read.data;
  return team('incident', pipeline([investigation(), ...conclusion(read.data), action()]), {
    description: `Investigates ${incident}, says what caused it, and does something about it once a person has approved.`,
    limits: { maxModelCalls: 150, maxMicroDollars: 5_000_000, timeout: '4h' },
  });
}

function investigation(): Built {
  return dag(
    { planner: lead, workers: WORKERS },
    { id: 'investigation', phase: 'investigate', maxTasks: 12, replan: true },
  );
}

function conclusion({ incident, service, symptom }: Alert): readonly Built[] {
  return [
    agent(commander, {
      id: 'conclusion',
      phase: 'conclude',
      task: `Incident ${incident}: ${service}, ${symptom}.`,
    }),
    tool('check_conclusion', { incident, conclusion: { $input: '' } }, { id: 'check' }),
  ];
}

/** Asks before anything is changed. Where nobody approves, the report is closed all the same. */
function action(): Built {
  return route(
    {
      ask: approve('Carry out this action?', {
        approvers: ['on-call'],
        deadline: '1h',
        escalate: [{ after: '15m', to: ['incident-manager'] }],
        guards: tool('carry_out', { report: { $input: '' } }),
        onFailure: { fallback: CLOSE },
      }),
      close: CLOSE,
    },
    {
      id: 'action',
      phase: 'act',
      by: [
        {
          by: 'rules',
          rules: [
            { when: { at: '/action', equals: null }, route: 'close' },
            { when: { at: '/action/kind', exists: true }, route: 'ask' },
          ],
        },
      ],
      fallback: CLOSE,
    },
  );
}
