/** Where a word stands in bytes, as it is, in base64 or in hex: what is around it, short enough for a report. */
export function placesOf(word: string, where: readonly Buffer[]): readonly string[] {
  const forms = [Buffer.from(word), Buffer.from(Buffer.from(word).toString('hex')), ...base64FormsOf(word)];
  return where.flatMap((bytes) =>
    forms.flatMap((form) => {
      const at = bytes.indexOf(form);
      if (at === -1) return [];
      return [
        bytes
          .subarray(Math.max(0, at - 60), at + form.length + 20)
          .toString('latin1')
          .replace(/[^ -~]+/g, '·'),
      ];
    }),
  );
}

/** Base64 writes three bytes as four characters, so that a word reads in three ways; the letters at its edges vary. */
function base64FormsOf(word: string): Buffer[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from('_'.repeat(before) + word).toString('base64');
    const end = Math.floor(((before + Buffer.byteLength(word)) * 8) / 6);
    return Buffer.from(text.slice(Math.ceil((before * 8) / 6), end));
  });
}
