import type { Usage } from '../../contract/cost/usage';

/** `840 ms`, `3.4 s`, `2:05`, `1:02:05`: at most seven characters for anything under a hundred hours. */
export function showDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(milliseconds / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours === 0 ? `${minutes}:${twoDigits(rest)}` : `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}`;
}

/** `950`, `1.2k`, `34k`, `5.6M`: tokens in at most four characters and a sign. */
export function showCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 999_500) return `${scaled(count / 1_000)}k`;
  return `${scaled(count / 1_000_000)}M`;
}

export function showTokens(usage: Usage): string {
  return showCount(usage.inputTokens + usage.outputTokens);
}

/** `3 model calls`, `1 model call`. */
export function showSome(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `3 model calls`, `1 model call and 2 from the cache`. */
export function showCalls({ calls, cached }: Usage): string {
  const asked = showSome(calls, 'model call');
  return cached === undefined ? asked : `${asked} and ${cached} from the cache`;
}

/** Local time of day, for lines that are appended one by one. */
export function showClock(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
}

/** `2026-11-21 14:05`, local time. */
export function showMoment(at: number): string {
  const time = new Date(at);
  const date = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-');
  return `${date} ${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function scaled(number: number): string {
  return number < 9.95 ? number.toFixed(1) : String(Math.round(number));
}
