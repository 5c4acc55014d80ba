import { installDeployTools, installImageTools, installSystemdAnalyze } from '../../scripts/install-deploy-tools.ts';
import { createToolTest } from '../tool-test.ts';

/** With hadolint, kubectl and kubernetes-validate. */
export const deployTest = createToolTest('hadolint, kubectl or kubernetes-validate', installDeployTools);

/** With buildah, mmdebstrap and runc. */
export const imageTest = createToolTest('buildah, mmdebstrap or runc', installImageTools);

export const systemdTest = createToolTest('systemd-analyze', installSystemdAnalyze);
