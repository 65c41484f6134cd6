import { readFileSync } from 'node:fs';
import { type Finding, placeOf } from '../../../examples/code-review/findings';
import { offline } from '../../../examples/code-review/offline';
import { writeReport } from '../../../examples/code-review/report';
import { buildTeam } from '../../../examples/code-review/team';
import { failureType } from '../../../src/contract/fail';
import { asked } from '../asked';
import { addedFile } from './change-of';

function finding(line: number, severity: Finding['severity'], file = 'a.ts'): Finding {
  const words = {
    category: 'style',
    title: `Title ${line}`,
    explanation: 'Why.',
    suggestion: 'How.',
  } as const;
  return { file, line, severity, ...words, confidence: 0.5, sources: ['style'] };
}

const reviewed = { source: 'x.diff', added: { 'a.ts': '1-9' }, skipped: ['yarn.lock'] };

describe('the report', () => {
  test('what the lead names comes first, in its order; the rest keeps its own', () => {
    const findings = [finding(1, 'high'), finding(2, 'medium'), finding(3, 'low')];
    const lead = { verdict: 'reject', summary: 'No.', order: ['a.ts:3', 'b.ts:7', 'a.ts:2'] } as const;
    const report = writeReport({ findings, lead: { ...lead, order: [...lead.order] }, reviewed });
    expect(report.findings.map(placeOf)).toEqual(['a.ts:3', 'a.ts:2', 'a.ts:1']);
    expect(report).toMatchObject({ verdict: 'reject', summary: 'No.', skipped: ['yarn.lock'] });
  });

  test('a finding at a place that the change does not touch is set aside and not counted', () => {
    const findings = [finding(5, 'high'), finding(50, 'critical'), finding(5, 'critical', 'other.ts')];
    const report = writeReport({ findings, lead: null, reviewed });
    expect(report.findings.map(placeOf)).toEqual(['a.ts:5']);
    expect(report.setAside.map(placeOf)).toEqual(['a.ts:50', 'other.ts:5']);
    expect(report.counts).toEqual({ critical: 0, high: 1, medium: 0, low: 0 });
  });

  test('without the lead there is a report, and it says that there is no verdict', () => {
    expect(writeReport({ findings: [], lead: null, reviewed }).verdict).toBe('none');
  });
});

describe('the offline lead', () => {
  const verdictOn = (findings: Finding[]): unknown => offline(asked('lead', findings)).output;

  test('the verdict follows the gravest finding, and the summary counts', () => {
    expect(verdictOn([])).toMatchObject({ verdict: 'accept', order: [] });
    expect(verdictOn([finding(2, 'low'), finding(1, 'medium')])).toMatchObject({
      verdict: 'accept-with-changes',
      order: ['a.ts:1', 'a.ts:2'],
      summary: expect.stringContaining('2 findings in 1 file (1 medium, 1 low)'),
    });
    expect(verdictOn([finding(3, 'critical')])).toMatchObject({ verdict: 'reject' });
  });
});

describe('the team', () => {
  test('a branch for each module of the change, each with its three reviewers', () => {
    const diff = readFileSync('examples/code-review/input/order-search.diff', 'utf8');
    const { root } = buildTeam({ source: 'order-search.diff', diff });
    const modules = root.kind === 'pipeline' ? root.steps[0] : undefined;
    const branches = modules?.kind === 'parallel' ? modules.branches : {};
    expect(Object.keys(branches)).toEqual(['src-api', 'src-db', 'src-web']);
    expect(JSON.stringify(root)).not.toContain('product_name');
  });

  test('a change without added lines is refused with the way out', () => {
    let thrown: unknown;
    try {
      buildTeam({ source: 'empty.diff', diff: '' });
    } catch (error) {
      thrown = error;
    }
    expect(failureType(thrown)).toBe('InvalidInput');
    expect(String(thrown)).toContain('empty.diff');
  });

  test('a small change makes one module', () => {
    const { root } = buildTeam({ diff: addedFile('src/a.ts', ['x']) });
    expect(root.kind === 'pipeline' && root.steps[0]).toMatchObject({
      branches: { src: { kind: 'pipeline' } },
    });
  });
});
