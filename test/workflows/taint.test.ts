import { Taint } from '../../src/workflows/safeguards/taint';

const WEB = ['http_get'];

function afterReading(from: string, to: string): readonly string[] | undefined {
  const taint = new Taint('root');
  taint.mark(from, WEB);
  return taint.into(to);
}

describe('taint: reaches', () => {
  test.each([
    ['the next step of a pipeline', 'root/pipeline:0', 'root/pipeline:1'],
    [
      'a step far below a later one',
      'root/pipeline:0/parallel:a',
      'root/pipeline:1/map:item[3]/refine:draft[0]',
    ],
    ['what joins branches', 'root/parallel:a', 'root/parallel:synthesis'],
    ['the judge of a race', 'root/race:a', 'root/race:~judge[0]'],
    ['who breaks a tie', 'root/vote:ann', 'root/vote:tie-break'],
    ['a worker of the supervisor that has read', 'root', 'root/supervise:worker[2]'],
    ['the next delegation', 'root/supervise:reader[0]', 'root/supervise:writer[1]'],
    ['the next round', 'root/debate:proposer[0]', 'root/debate:critic[0]'],
    ['a peer', 'root/peers:ann[0]', 'root/peers:bob[1]'],
    ['a later task', 'root/dag:read', 'root/dag:write'],
    ['a fallback', 'root/pipeline:0', 'root/pipeline:0/agent:fallback'],
    ['the same step, tried again', 'root/pipeline:0', 'root/pipeline:0'],
    ['a part of a saga', 'root/saga:look', 'root/saga:book'],
  ])('%s', (_, from, to) => {
    expect(afterReading(from, to)).toEqual(WEB);
  });
});

describe('taint: does not reach', () => {
  test.each([
    ['a branch beside it', 'root/parallel:a', 'root/parallel:b'],
    ['a step below a branch beside it', 'root/parallel:a/pipeline:0', 'root/parallel:b/pipeline:1'],
    ['another item', 'root/map:item[0]', 'root/map:item[1]'],
    ['another racer', 'root/race:a', 'root/race:b'],
    ['another voter', 'root/vote:ann', 'root/vote:bob'],
    ['the pattern around it', 'root/supervise:worker[0]', 'root'],
  ])('%s', (_, from, to) => {
    expect(afterReading(from, to)).toBeUndefined();
  });
});

test('taint: what came with the input reaches everything', () => {
  const taint = new Taint('root/map:item[4]', ['read_file']);
  expect(taint.into('root/map:item[4]')).toEqual(['read_file']);
  expect(taint.into('root/map:item[4]/pipeline:2')).toEqual(['read_file']);
  // Whoever gave it knows of it already.
  expect(taint.outOf('root/map:item[4]')).toBeUndefined();
});

test('taint: names are told once, in order', () => {
  const taint = new Taint('root');
  taint.mark('root/pipeline:0', ['web']);
  taint.mark('root/pipeline:0', ['files', 'web']);
  taint.mark('root/pipeline:1', ['web']);
  expect(taint.into('root/pipeline:2')).toEqual(['files', 'web']);
  expect(taint.outOf('root')).toEqual(['files', 'web']);
  expect(taint.outOf('root/pipeline:1')).toEqual(['web']);
});

describe('taint: a person lets a value pass', () => {
  const passed = (gate: string) => {
    const taint = new Taint('root');
    taint.mark('root/pipeline:0', WEB);
    taint.passedByPerson(gate);
    return taint;
  };

  test('what comes after it in the pipeline, and what it guards, is theirs', () => {
    expect(passed('root/pipeline:1').into('root/pipeline:2')).toBeUndefined();
    expect(passed('root/pipeline:1').into('root/pipeline:1/approve:guards')).toBeUndefined();
    expect(passed('root/pipeline:1').outOf('root')).toBeUndefined();
    expect(passed('root/pipeline:1/pipeline:3').into('root/pipeline:2')).toBeUndefined();
  });

  test('what is read after it is not', () => {
    const taint = passed('root/pipeline:1');
    taint.mark('root/pipeline:2', ['mail']);
    expect(taint.into('root/pipeline:3')).toEqual(['mail']);
    expect(taint.outOf('root')).toEqual(['mail']);
  });

  test('a gate in one branch lets nothing pass that comes out of the others', () => {
    expect(passed('root/pipeline:1/parallel:a').into('root/pipeline:2')).toEqual(WEB);
    expect(passed('root/pipeline:1/dag:ask').into('root/pipeline:1/dag:act')).toEqual(WEB);
    const taint = new Taint('root');
    taint.mark('root/parallel:a/pipeline:0', ['a']);
    taint.mark('root/parallel:b/pipeline:0', ['b']);
    taint.passedByPerson('root/parallel:a/pipeline:1');
    expect(taint.into('root/parallel:a/pipeline:2')).toBeUndefined();
    expect(taint.into('root/parallel:b/pipeline:1')).toEqual(['b']);
    expect(taint.into('root/parallel:synthesis')).toEqual(['a', 'b']);
  });
});
