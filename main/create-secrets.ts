import { describeProblems, parseConfig } from './config';
import { KEY_RING_NAMES, openSecrets } from './secrets';

/** Makes the keys of a new installation that are missing; existing ones are never touched. */
const config = parseConfig({ ...process.env, NODE_ENV: 'development' }, 'tool');
if (config.ok) {
  const secrets = openSecrets(config.value.secretsDir, true);
  for (const name of KEY_RING_NAMES) secrets.keyRing(name);
  console.log(`密钥已就绪:${config.value.secretsDir}。请立即备份:丢失后已加密的个人信息无法恢复。`);
} else {
  console.error(describeProblems(config.refusal));
  process.exitCode = 1;
}
