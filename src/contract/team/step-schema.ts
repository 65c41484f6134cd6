import { z } from 'zod';
import { approvalTerms, cautiousTermsSchema } from '../approvals/approval-terms-schema';
import { CALLS_PER_ACTIVITY, ROUTE_DEFAULTS, RUN_DEFAULTS, SUPERVISE_DEFAULTS } from '../limits';
import { modelTierSchema } from './agent';
import { durationSchema } from './duration-schema';
import { joinSchema, mergeSchema } from './join';
import { labelSchema, nameSchema } from './name-schema';
import { pointerSchema, predicateSchema } from './predicate';
import type { Step, StepKind } from './step';

const childSchema: z.ZodType<Step> = z.lazy(() => stepSchema);
const childrenSchema = z
  .record(nameSchema, childSchema)
  .refine((branches) => Object.keys(branches).length > 0, 'must hold at least one');
const taskSchema = z.string().min(1).max(20_000).optional();
const concurrencySchema = z
  .number()
  .int()
  .min(1)
  .max(RUN_DEFAULTS.maxConcurrency)
  .default(RUN_DEFAULTS.maxConcurrency);
const roundsSchema = z.number().int().min(1).max(100);

const common = {
  id: nameSchema.optional(),
  phase: nameSchema.optional(),
  timeout: durationSchema.optional(),
  retry: z.strictObject({ attempts: z.number().int().min(1).max(10) }).optional(),
  budget: z
    .union([z.number().positive().max(1), nameSchema], {
      error: 'must be a share above 0 and at most 1, or the name of a budget of the team',
    })
    .optional(),
  isolated: z.boolean().optional(),
  stopWhen: predicateSchema.optional(),
  onFailure: z
    .union(
      [
        z.enum(['fail', 'skip', 'escalate']),
        z.strictObject({ fallback: childSchema, on: z.enum(['any', 'model']).optional() }),
      ],
      {
        error: 'must be "fail", "skip", "escalate" or { fallback: step }',
      },
    )
    .optional(),
};

const classifierSchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('examples'),
    examples: z.record(labelSchema, z.array(z.string().min(1)).min(1)),
    text: pointerSchema.optional(),
  }),
  z.strictObject({
    by: z.literal('rules'),
    rules: z.array(z.strictObject({ when: predicateSchema, route: nameSchema })).min(1),
  }),
  z.strictObject({ by: z.literal('agent'), agent: nameSchema }),
  z.strictObject({
    by: z.literal('person'),
    approvers: approvalTerms.approvers,
    deadline: approvalTerms.deadline,
  }),
]);

const votingRuleSchema = z.union(
  [
    z.enum(['majority', 'plurality', 'unanimous', 'ranked']),
    z.strictObject({ qualified: z.number().gt(0).max(1) }),
    z.strictObject({ weighted: z.record(nameSchema, z.number().positive()) }),
  ],
  {
    error:
      'must be "majority", "plurality", "unanimous", "ranked", { qualified: share } or { weighted: { voter: weight } }',
  },
);

/** The schema of each kind: what people write goes in, the recorded form with its defaults comes out. */
export const stepSchemas = {
  agent: z.strictObject({
    kind: z.literal('agent'),
    agent: nameSchema.optional(),
    capability: nameSchema.optional(),
    tier: modelTierSchema.optional(),
    task: taskSchema,
    ...common,
  }),
  tool: z.strictObject({ kind: z.literal('tool'), tool: nameSchema, args: z.json().default({}), ...common }),
  pipeline: z.strictObject({ kind: z.literal('pipeline'), steps: z.array(childSchema).min(1), ...common }),
  parallel: z.strictObject({
    kind: z.literal('parallel'),
    branches: childrenSchema,
    join: joinSchema.default('all'),
    merge: mergeSchema.default('collect'),
    maxConcurrency: concurrencySchema,
    ...common,
  }),
  map: z.strictObject({
    kind: z.literal('map'),
    over: pointerSchema,
    step: childSchema,
    join: joinSchema.default('all'),
    merge: mergeSchema.default('collect'),
    maxConcurrency: concurrencySchema,
    maxItems: z.number().int().min(1).max(100_000).default(1000),
    window: z.number().int().min(1).max(1000).optional(),
    callsPerActivity: z.number().int().min(1).max(50).default(CALLS_PER_ACTIVITY),
    ...common,
  }),
  race: z.strictObject({
    kind: z.literal('race'),
    branches: childrenSchema,
    accept: predicateSchema.optional(),
    judge: nameSchema.optional(),
    hedgeAfter: durationSchema.optional(),
    ...common,
  }),
  route: z.strictObject({
    kind: z.literal('route'),
    by: z.array(classifierSchema).min(1),
    thresholds: z
      .strictObject({
        examples: z.number().min(0).max(1).default(ROUTE_DEFAULTS.examplesThreshold),
        agent: z.number().min(0).max(1).default(ROUTE_DEFAULTS.agentThreshold),
      })
      .default({ examples: ROUTE_DEFAULTS.examplesThreshold, agent: ROUTE_DEFAULTS.agentThreshold }),
    routes: childrenSchema,
    fallback: childSchema,
    ...common,
  }),
  supervise: z.strictObject({
    kind: z.literal('supervise'),
    supervisor: nameSchema,
    workers: childrenSchema,
    maxRounds: roundsSchema.default(10),
    maxIdleRounds: roundsSchema.default(SUPERVISE_DEFAULTS.maxIdleRounds),
    passThrough: z.boolean().default(false),
    task: taskSchema,
    ...common,
  }),
  debate: z.strictObject({
    kind: z.literal('debate'),
    proposer: childSchema,
    critic: childSchema,
    judge: childSchema,
    maxRounds: roundsSchema.default(3),
    ...common,
  }),
  vote: z.strictObject({
    kind: z.literal('vote'),
    voters: childrenSchema,
    rule: votingRuleSchema.default('majority'),
    tieBreak: z
      .union([z.literal('escalate'), childSchema], { error: 'must be "escalate" or a step' })
      .default('escalate'),
    tieTerms: cautiousTermsSchema.optional(),
    judge: nameSchema.optional(),
    ...common,
  }),
  refine: z.strictObject({
    kind: z.literal('refine'),
    draft: childSchema,
    review: childSchema,
    maxRounds: roundsSchema.default(3),
    ...common,
  }),
  dag: z.strictObject({
    kind: z.literal('dag'),
    tasks: z
      .array(
        z.strictObject({
          id: nameSchema,
          step: childSchema,
          requires: z.array(nameSchema).default([]),
          optional: z.boolean().optional(),
        }),
      )
      .min(1)
      .optional(),
    planner: nameSchema.optional(),
    workers: childrenSchema.optional(),
    maxTasks: z.number().int().min(1).max(500).default(50),
    replan: z.boolean().default(false),
    approvePlan: z.strictObject(approvalTerms).optional(),
    ...common,
  }),
  peers: z.strictObject({
    kind: z.literal('peers'),
    members: childrenSchema,
    maxRounds: roundsSchema.default(10),
    until: z.enum(['consensus', 'quiet']).default('consensus'),
    ...common,
  }),
  saga: z.strictObject({
    kind: z.literal('saga'),
    steps: z
      .array(z.strictObject({ name: nameSchema, do: childSchema, undo: childSchema.optional() }))
      .min(1),
    ...common,
  }),
  approve: z.strictObject({
    kind: z.literal('approve'),
    question: z.string().min(1).max(2000),
    guards: childSchema.optional(),
    ...approvalTerms,
    ...common,
  }),
  emit: z.strictObject({ kind: z.literal('emit'), event: nameSchema, ...common }),
  on: z.strictObject({
    kind: z.literal('on'),
    event: nameSchema,
    ...common,
    timeout: durationSchema.default('1h'),
  }),
  checkpoint: z.strictObject({ kind: z.literal('checkpoint'), label: nameSchema, ...common }),
  team: z.strictObject({ kind: z.literal('team'), team: nameSchema, ...common }),
} as const satisfies Record<StepKind, z.ZodType>;

/** One step with everything below it, defaults filled in. Says nothing of what only a whole team can tell: see `checkTeam`. */
export const stepSchema: z.ZodType<Step> = z.discriminatedUnion('kind', [
  stepSchemas.agent,
  stepSchemas.tool,
  stepSchemas.pipeline,
  stepSchemas.parallel,
  stepSchemas.map,
  stepSchemas.race,
  stepSchemas.route,
  stepSchemas.supervise,
  stepSchemas.debate,
  stepSchemas.vote,
  stepSchemas.refine,
  stepSchemas.dag,
  stepSchemas.peers,
  stepSchemas.saga,
  stepSchemas.approve,
  stepSchemas.emit,
  stepSchemas.on,
  stepSchemas.checkpoint,
  stepSchemas.team,
]);
