import { reportPage } from '../../../src/cli/eval/report-page';
import { score } from '../../../src/cli/eval/score';
import { NO_USAGE } from '../../../src/contract/cost/usage';

test('the report page: what customers wrote cannot become part of the page', () => {
  const attack = '</td><script>alert("x")</script>';
  const usage = NO_USAGE;
  const scored = [
    {
      run: 'r',
      input: attack,
      expected: attack,
      actual: attack,
      right: false,
      failed: true,
      latencyMs: 7,
      usage,
    },
  ];
  const page = reportPage(score(attack, scored), { data: attack, date: 'today' });
  expect(page).not.toContain('<script');
  expect(page).toContain('&#60;script&#62;');
});
