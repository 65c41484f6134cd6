import { judgeCanary } from '../../../src/activities/registry/judge-canary';
import { type AgentFigures, CANARY_DEFAULTS, NO_FIGURES } from '../../../src/contract/registry/registry';

const figures = (more: Partial<AgentFigures>): AgentFigures => ({ ...NO_FIGURES, ...more });

function judge(canary: Partial<AgentFigures>, current: Partial<AgentFigures> = {}, stage = 0) {
  return judgeCanary({
    version: '2',
    stage,
    terms: CANARY_DEFAULTS,
    figures: figures(canary),
    baseline: figures(current),
  });
}

describe('judging a canary', () => {
  test('before the least number of uses nothing is decided', () => {
    expect(judge({ uses: 19 })).toEqual({ go: 'wait' });
    expect(judge({ uses: 19, failed: 4 })).toEqual({ go: 'wait' });
  });

  test('as good as the current version it goes on, stage by stage', () => {
    expect(judge({ uses: 20 }, { uses: 100 })).toEqual({ go: 'on', to: '25 %' });
    expect(judge({ uses: 20 }, { uses: 100 }, 1)).toEqual({ go: 'on', to: '100 %' });
  });

  test('most of five uses failing is enough at once', () => {
    expect(judge({ uses: 6, failed: 5 })).toEqual({ go: 'back', why: '5 of 6 uses failed' });
    expect(judge({ uses: 10, failed: 5 })).toEqual({ go: 'wait' });
  });

  test('errors count against what the current version does at the same time', () => {
    expect(judge({ uses: 20, failed: 2 }, { uses: 100 })).toEqual({
      go: 'back',
      why: 'errors 10 %, 0 % before',
    });
    // An outage that both suffer is nobody's fault.
    expect(judge({ uses: 20, failed: 2 }, { uses: 100, failed: 10 }).go).toBe('on');
  });

  test('broken contracts, cost and score each take it back', () => {
    expect(judge({ uses: 20, violations: 3 }, { uses: 100, violations: 1 })).toMatchObject({
      go: 'back',
      why: 'contract violations 15 %, 1 % before',
    });
    expect(judge({ uses: 20, microDollars: 3200 }, { uses: 10, microDollars: 1000 })).toMatchObject({
      go: 'back',
      why: '$0.000160 a use, $0.000100 before',
    });
    expect(judge({ uses: 20, scores: 5, scored: 4 }, { uses: 20, scores: 5, scored: 4.5 })).toMatchObject({
      go: 'back',
      why: 'score 0.80, 0.90 before',
    });
  });

  test('what the current version has no sample of is compared with nothing', () => {
    expect(judge({ uses: 20, microDollars: 9_000_000, scores: 5, scored: 0 }).go).toBe('on');
  });
});
