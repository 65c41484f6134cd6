import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson, hashOf } from '../../src/contract/hash';

describe('canonical JSON', () => {
  test('the example of RFC 8785: gives its bytes', () => {
    const example = {
      numbers: [1e30, 4.5, 2e-3, 1e-27],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('the order of RFC 8785: is that of UTF-16 code units', () => {
    const keys = { '\u20ac': 5, '\r': 1, '\ufb33': 7, '1': 2, '\ud83d\ude00': 6, '\u0080': 3, '\u00f6': 4 };
    expect(canonicalJson(keys).match(/\d(?=[,}])/g)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  test('any value: is written so that it reads back equal, and written again is the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  test('one object in two places: is no circle', () => {
    const limits = { turns: 1 };
    expect(canonicalJson({ a: limits, ab: limits })).toBe('{"a":{"turns":1},"ab":{"turns":1}}');
  });

  test('a member called toJSON: is a member like others', () => {
    expect(canonicalJson({ toJSON: 1, a: 2 })).toBe('{"a":2,"toJSON":1}');
  });

  test('undefined members are left out; numbers outside JSON are refused', () => {
    expect(canonicalJson({ b: undefined, a: [undefined] })).toBe('{"a":[null]}');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
  });

  test('a hash: is the sha256 of the UTF-8 bytes', () => {
    const bytes = createHash('sha256').update('{"ü":"😀"}', 'utf8').digest('hex');
    expect(hashOf({ ü: '😀' })).toBe(bytes);
  });
});
