const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A date written as 2026-03-04, 04.03.2026 or 4 Mar 2026, in ISO form; undefined where it is none, or no day of the calendar. */
export function readDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso !== null) return calendarDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (dotted !== null) return calendarDay(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]));
  const [, day, month = '', year] = /^(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})$/.exec(text) ?? [];
  return calendarDay(Number(year), MONTHS.indexOf(month.toLowerCase()) + 1, Number(day));
}

function calendarDay(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date turns 30 February into 2 March.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.toISOString().slice(0, 10)
    : undefined;
}

/** An amount in hundredths, with point or comma for decimals and the other one between thousands; undefined where it is none. */
export function readCents(text: string): number | undefined {
  const bare = text.replace(/[€$£\s]/g, '');
  if (!/^-?\d[\d.,]*$/.test(bare)) return undefined;
  const decimals = /[.,](\d{1,2})$/.exec(bare);
  const whole = (decimals === null ? bare : bare.slice(0, decimals.index)).replace(/[.,]/g, '');
  const sign = whole.startsWith('-') ? -1 : 1;
  return Number(whole) * 100 + sign * Number((decimals?.[1] ?? '').padEnd(2, '0'));
}
