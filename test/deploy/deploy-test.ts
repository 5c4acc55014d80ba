import { installChromium } from '../../scripts/install-chromium.ts';
import { installGoProgram } from '../../scripts/install-go-program.ts';
import { installDeployTools, installImageTools, installSystemdAnalyze } from '../../scripts/install-deploy-tools.ts';
import { installHelm } from '../../scripts/install-helm.ts';
import { installPrometheus } from '../../scripts/install-prometheus.ts';
import { createToolTest } from '../tool-test.ts';

/** With hadolint, kubectl and kubernetes-validate. */
export const deployTest = createToolTest('hadolint, kubectl or kubernetes-validate', installDeployTools);

/** With buildah, mmdebstrap and runc. */
export const imageTest = createToolTest('buildah, mmdebstrap or runc', installImageTools);

export const systemdTest = createToolTest('systemd-analyze', installSystemdAnalyze);

export const browserTest = createToolTest('Chromium', installChromium);

/** With helm, and what judges manifests. */
export const helmTest = createToolTest('helm or kubernetes-validate', async () => {
  await installHelm();
  return installDeployTools();
});

/** With helm and the admission plugins of Kubernetes. */
export const admissionTest = createToolTest('helm or admission plugin of Kubernetes', async () => {
  await installHelm();
  return installGoProgram('admission');
});

/** With Prometheus and promtool. */
export const prometheusTest = createToolTest('Prometheus', installPrometheus);

/** With a collector of OpenTelemetry. */
export const collectorTest = createToolTest('collector of OpenTelemetry', () => installGoProgram('collector'));
