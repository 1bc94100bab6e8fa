'use strict';
// Plain JavaScript on purpose: a worker thread under tsx or jest cannot load TypeScript as its entry.
const { parentPort } = require('node:worker_threads');
const { createPrivateKey, createPublicKey, createSign, createVerify } = require('node:crypto');
const { sm2 } = require('sm-crypto-v2');

const KEPT_KEYS = 512;
const keys = new Map();
const toHex = (bytes) => Buffer.from(bytes).toString('hex');

function kept(name, make) {
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= KEPT_KEYS) keys.clear();
  const key = make();
  keys.set(name, key);
  return key;
}

const native = {
  sign(job) {
    const key = kept(toHex(job.pkcs8), () =>
      createPrivateKey({ key: Buffer.from(job.pkcs8), type: 'pkcs8', format: 'der' }),
    );
    return createSign('sm3').update(job.za).update(job.message).sign(key);
  },
  verify(job) {
    try {
      const key = kept(toHex(job.spki), () =>
        createPublicKey({ key: Buffer.from(job.spki), type: 'spki', format: 'der' }),
      );
      return createVerify('sm3').update(job.za).update(job.message).verify(key, job.signature);
    } catch {
      return false;
    }
  },
};

const fallback = {
  sign(job) {
    const options = { der: true, hash: true, publicKey: toHex(job.point) };
    return Buffer.from(sm2.doSignature(job.message, toHex(job.scalar), options), 'hex');
  },
  verify(job) {
    try {
      return sm2.doVerifySignature(job.message, toHex(job.parts), toHex(job.point), { hash: true });
    } catch {
      return false;
    }
  },
};

parentPort.on('message', ({ id, engine, jobs }) => {
  try {
    const way = engine === 'native' ? native : fallback;
    const results = jobs.map((job) => (job.operation === 'sign' ? way.sign(job) : way.verify(job)));
    parentPort.postMessage({ id, results });
  } catch (error) {
    parentPort.postMessage({ id, fault: error instanceof Error ? error.message : 'unknown fault' });
  }
});
