import { randomBytes } from 'node:crypto';
import {
  defaultPayloadConverter,
  type ExternalStorage,
  type Payload,
  StorageDriverClaim,
} from '@temporalio/common';
import { failureType } from '../../src/contract/fail';
import { FolderFiles } from '../../src/threads/folder-files';
import { PAYLOAD_THRESHOLD_BYTES, payloadStorage } from '../../src/threads/payload-storage';
import { filesIn, storeFolders } from './store-folder';

const newFolder = storeFolders();

function driverOf(storage: ExternalStorage) {
  const driver = storage.getDriver('baton-store');
  if (driver === null) throw new Error('no driver');
  return driver;
}

describe('payload storage', () => {
  test('payloads: come back byte for byte from another process, in their order', async () => {
    const folder = newFolder();
    const payloads: Payload[] = [
      defaultPayloadConverter.toPayload({ text: 'ü'.repeat(400_000) }),
      {
        metadata: { encoding: Buffer.from('binary/null'), extra: randomBytes(9) },
        data: randomBytes(300_000),
      },
    ];
    const claims = await driverOf(payloadStorage(new FolderFiles(folder, 'process'))).store({}, payloads);
    const sent = JSON.parse(JSON.stringify(claims)) as { claimData: Record<string, string> }[];
    const back = await driverOf(payloadStorage(new FolderFiles(folder, 'process'))).retrieve(
      {},
      sent.map(({ claimData }) => new StorageDriverClaim(claimData)),
    );
    back.forEach((payload, index) => {
      expect(Buffer.from(payload.data ?? []).equals(Buffer.from(payloads[index]?.data ?? []))).toBe(true);
      expect(Object.keys(payload.metadata ?? {})).toEqual(Object.keys(payloads[index]?.metadata ?? {}));
    });
    const [first] = back;
    expect(first && defaultPayloadConverter.fromPayload(first)).toEqual({ text: 'ü'.repeat(400_000) });
  });

  test('the same payload: is stored once', async () => {
    const folder = newFolder();
    const driver = driverOf(payloadStorage(new FolderFiles(folder, 'process')));
    const payload = defaultPayloadConverter.toPayload('x'.repeat(300_000));
    const [one, other] = await driver.store({}, [payload, payload]);
    expect(one).toEqual(other);
    expect(filesIn(folder)).toHaveLength(1);
  });

  test('the threshold: is 256 KiB', () => {
    expect(payloadStorage(new FolderFiles(newFolder(), 'process')).payloadSizeThreshold).toBe(
      PAYLOAD_THRESHOLD_BYTES,
    );
    expect(PAYLOAD_THRESHOLD_BYTES).toBe(262_144);
  });

  test('a payload of another store, or a forged name: is a StoredValueMissing', async () => {
    const driver = driverOf(payloadStorage(new FolderFiles(newFolder(), 'process')));
    for (const claimData of [{ hash: 'a'.repeat(64) }, { hash: '../../etc/passwd' }, {}]) {
      const error = await driver
        .retrieve({}, [new StorageDriverClaim(claimData as Record<string, string>)])
        .catch((thrown: unknown) => thrown);
      expect(failureType(error)).toBe('StoredValueMissing');
    }
  });

  test('an aborted call: stores nothing', async () => {
    const folder = newFolder();
    const driver = driverOf(payloadStorage(new FolderFiles(folder, 'process')));
    const payload = defaultPayloadConverter.toPayload('x');
    await expect(driver.store({ abortSignal: AbortSignal.abort() }, [payload])).rejects.toThrow();
    expect(filesIn(folder)).toHaveLength(0);
  });
});
