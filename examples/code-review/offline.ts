import { z } from 'zod';
import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply } from '../../src/models/scripted-reply';
import { openingJson, openingText } from '../../src/testing/read-request';
import { findingSchema } from './findings';
import { fromNumberedText } from './numbered-text';
import { reviewAsLead } from './offline/lead';
import { PERFORMANCE_RULES } from './offline/performance-rules';
import { applyRules, type Rule } from './offline/rule';
import { SECURITY_RULES } from './offline/security-rules';
import { STYLE_RULES } from './offline/style-rules';

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  security: SECURITY_RULES,
  performance: PERFORMANCE_RULES,
  style: STYLE_RULES,
};

/** The reviewers without a model: rules over the lines they are shown, and a verdict counted from the findings. */
export function offline(request: ModelRequest): ScriptedReply {
  if (request.agent === 'lead')
    return output(reviewAsLead(z.array(findingSchema).parse(openingJson(request))));
  const rules = RULES[request.agent];
  if (rules === undefined) throw new Error(`There is no offline reviewer "${request.agent}".`);
  return output({ findings: applyRules(rules, fromNumberedText(openingText(request))) });
}
