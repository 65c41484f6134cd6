import { resolve } from 'node:path';
import type { Tool } from '../../src/tools/tool';
import { accountTools } from './account-tools';
import { openShop } from './database';
import { deskTools } from './desk-tools';
import { orderTools } from './order-tools';

/** The tools of the desk, on a SQLite file: SUPPORT_DESK_DB, or `.baton/support-desk.sqlite` below the current folder. */
export function createTools(): readonly Tool[] {
  return supportTools(process.env.SUPPORT_DESK_DB ?? resolve('.baton', 'support-desk.sqlite'));
}

export function supportTools(file: string): readonly Tool[] {
  const shop = openShop(file);
  return [...deskTools(shop), ...orderTools(shop), ...accountTools(shop)];
}
