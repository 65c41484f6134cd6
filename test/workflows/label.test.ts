import { summaryOf } from '../../src/workflows/steps/label';

test.each([
  ['security', 'root/pipeline:modules/parallel:src-api/parallel:security', 'security · modules/src-api'],
  ['read_module', 'root/pipeline:modules/pipeline:read', 'read_module · modules/read'],
  ['writer', 'root/parallel:chapter-1[2]', 'writer · chapter-1[2]'],
  ['alone', 'root', 'alone'],
])('summaryOf: %s at %s is told by the names on its way', (who, path, summary) => {
  expect(summaryOf(who, path)).toBe(summary);
});
