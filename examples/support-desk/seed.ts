import type { Database } from 'node-sqlite3-wasm';

const TABLES = `
CREATE TABLE customers (id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, postcode TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE orders (id TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers, item TEXT NOT NULL, cents INTEGER NOT NULL, state TEXT NOT NULL, address TEXT NOT NULL);
CREATE TABLE refunds (key TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, cents INTEGER NOT NULL);
CREATE TABLE sessions (run TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers);
CREATE TABLE replies (key TEXT PRIMARY KEY, run TEXT NOT NULL, desk TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE tickets (id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, run TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE resets (key TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers);
`;

const PEOPLE = [
  'Ada Byron',
  'Grace Murray',
  'Alan Mathison',
  'Edsger Wybe',
  'Barbara Huberman',
  'Donald Ervin',
];
const ITEMS = [
  { item: 'desk lamp', cents: 3_900 },
  { item: 'kettle', cents: 2_450 },
  { item: 'office chair', cents: 24_900 },
  { item: 'headphones', cents: 8_900 },
];
const STATES = ['delivered', 'shipped', 'pending'];

/** Makes and fills the tables where the file is new. The same customers and orders every time. */
export function seed(database: Database): void {
  const version = database.get('PRAGMA user_version')?.user_version;
  if (version === 1) return;
  database.exec(TABLES);
  for (const [index, name] of PEOPLE.entries()) {
    const id = `C${index + 1}`;
    const [first = ''] = name.toLowerCase().split(' ');
    const address = `${index + 1} Mill Lane`;
    database.run('INSERT INTO customers VALUES (?, ?, ?, ?, ?)', [
      id,
      `${first}@example.com`,
      `1${index}24`,
      name,
      address,
    ]);
    for (const [nth, { item, cents }] of ITEMS.entries())
      database.run('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)', [
        `${1000 + index * 10 + nth}`,
        id,
        item,
        cents,
        STATES[(index + nth) % STATES.length] ?? 'pending',
        address,
      ]);
  }
  database.exec('PRAGMA user_version = 1');
}
