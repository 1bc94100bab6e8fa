import { createPkcs11KeyStore, type Pkcs11Key } from '../../adapters/keystore/pkcs11-key-store';
import type { SealerRequest } from '../../ports/sealer';

/**
 * A process around the PKCS #11 store. SoftHSM finds its tokens through the process's real environment, which a test
 * cannot change from inside jest, so the test talks to the store here. Bytes travel as they are (advanced
 * serialisation).
 */
interface Order {
  readonly id: number;
  readonly call: 'sign' | 'describe' | 'selfTest' | 'stop';
  readonly keyId: string;
  readonly request: SealerRequest | null;
}

interface Setting {
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: string;
  readonly keys: readonly Pkcs11Key[];
}

let setting: Setting | undefined;
let store: ReturnType<typeof createPkcs11KeyStore> | undefined;

async function perform(order: Order): Promise<unknown> {
  if (setting === undefined || store === undefined) throw new Error('not set up');
  switch (order.call) {
    case 'sign':
      if (order.request === null) throw new Error('no request');
      return store.sign(order.request);
    case 'describe':
      return store.describe(order.keyId);
    case 'selfTest':
      return store.selfTest();
    case 'stop': {
      const keys = setting.keys.map((key) => (key.keyId === order.keyId ? { ...key, stopped: true } : key));
      setting = { ...setting, keys };
      store = createPkcs11KeyStore(setting);
      return null;
    }
  }
}

process.on('message', (message: { readonly setting: Setting } | { readonly order: Order }) => {
  if ('setting' in message) {
    setting = message.setting;
    store = createPkcs11KeyStore(setting);
    process.send?.({ ready: true });
    return;
  }
  const { order } = message;
  perform(order).then(
    (value) => process.send?.({ id: order.id, value }),
    (fault: unknown) => process.send?.({ id: order.id, fault: String(fault) }),
  );
});
