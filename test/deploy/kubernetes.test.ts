import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig, settings } from '../../src/config.js';
import { packageRoot } from '../../src/package-root.js';
import { type Manifest, manifestsIn, typeFaults } from './manifests.js';

const manifests = manifestsIn('deploy/kubernetes');
const inCluster = manifests.filter(({ kind }) => kind !== 'Kustomization');

const mount = z.looseObject({ name: z.string(), mountPath: z.string() });
const probe = z.looseObject({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) });
const container = z.looseObject({
  image: z.string(),
  ports: z.array(z.strictObject({ name: z.string(), containerPort: z.number() })),
  env: z.array(z.looseObject({ name: z.string() })),
  envFrom: z.tuple([z.strictObject({ configMapRef: z.strictObject({ name: z.string() }) })]),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  resources: z.unknown(),
  securityContext: z.unknown(),
  volumeMounts: z.array(mount),
});
const podSpec = z.looseObject({
  terminationGracePeriodSeconds: z.number(),
  automountServiceAccountToken: z.boolean(),
  serviceAccountName: z.string(),
  securityContext: z.unknown(),
  containers: z.tuple([container]),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const labels = z.record(z.string(), z.string());
const deployment = z.looseObject({
  spec: z.looseObject({
    selector: z.strictObject({ matchLabels: labels }),
    template: z.strictObject({ metadata: z.strictObject({ labels }), spec: podSpec }),
  }),
});
const kustomization = z.looseObject({
  resources: z.array(z.string()),
  configMapGenerator: z.tuple([z.strictObject({ name: z.string(), literals: z.array(z.string()) })]),
  images: z.tuple([z.looseObject({ name: z.string() })]),
});

const named = (kind: string, name?: string): Manifest => {
  const found = manifests.find(
    (each) => each.kind === kind && (name === undefined || each.metadata?.name === name),
  );
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
};

const { selector, template } = deployment.parse(named('Deployment')).spec;
const pod = template.spec;
const [check] = pod.containers;
const { resources, configMapGenerator, images } = kustomization.parse(named('Kustomization'));
const [configMap] = configMapGenerator;
const set = Object.fromEntries(configMap.literals.map((each) => each.split(/=(.*)/s, 2) as [string, string]));

t.test('manifests are what the types of Kubernetes say, with no member that is unknown', (t) => {
  const unknown = { ...named('Service'), spec: { selectors: {} } };
  const wrong = { ...named('Service'), spec: { ports: [{ port: '80' }] } };
  const faults = typeFaults([...inCluster, unknown, wrong]);
  t.match(faults, [/selectors"' does not exist/, /'string' is not assignable to type 'number'/]);
  t.equal(faults.length, 2, 'the two that are wrong');
  t.end();
});

t.test('settings are those of the service, and it takes their values', (t) => {
  const names = [...Object.keys(set), ...check.env.map(({ name }) => name)];
  t.strictSame(
    names.filter((name) => !(name in settings.shape)),
    [],
  );
  t.doesNotThrow(() => readConfig({ ...set, REDIS_URL: 'redis://redis:6379' }));
  t.equal(configMap.name, check.envFrom[0].configMapRef.name);
  t.equal(images[0].name, check.image);
  t.end();
});

t.test('what the settings name is mounted, and nothing else is', (t) => {
  const paths = Object.values(set).filter((value) => value.startsWith('/'));
  for (const { mountPath, name } of check.volumeMounts) {
    t.ok(
      paths.some((each) => each.startsWith(mountPath)),
      mountPath,
    );
    t.ok(
      pod.volumes.some((volume) => volume.name === name),
      name,
    );
  }
  for (const each of paths)
    t.ok(
      check.volumeMounts.some(({ mountPath }) => each.startsWith(mountPath)),
      each,
    );
  t.end();
});

t.test('probes ask routes that there are, at a port that is listened on', (t) => {
  const { paths } = parse(readFileSync(path.join(packageRoot, 'openapi.yaml'), 'utf8')) as {
    readonly paths: Record<string, unknown>;
  };
  const listened = new Map(check.ports.map(({ name, containerPort }) => [name, containerPort]));
  const image = readFileSync(path.join(packageRoot, 'Dockerfile'), 'utf8');
  t.match(image, new RegExp(`PORT=${String(listened.get('http'))}\\b`));
  t.equal(listened.get('health'), readConfig({ HEALTH_PORT: set.HEALTH_PORT }).HEALTH_PORT);
  for (const { httpGet } of [check.startupProbe, check.livenessProbe, check.readinessProbe]) {
    t.ok(httpGet.path in paths, httpGet.path);
    t.equal(httpGet.port, 'health', 'also where the service speaks TLS');
  }
  t.equal(check.readinessProbe.httpGet.path, '/health/ready');
  t.equal(check.livenessProbe.httpGet.path, '/health/live');
  const { spec } = named('Service') as Manifest & { readonly spec: { ports: { targetPort: string }[] } };
  for (const { targetPort } of spec.ports) t.equal(targetPort, 'http');
  const policy = JSON.stringify(named('NetworkPolicy', 'certificate-party-check'));
  t.match(policy, '"port":"http"');
  t.notMatch(policy, '"port":"health"');
  t.end();
});

t.test('a pod has longer to end than the service takes', (t) => {
  const { STOP_DELAY_MS } = readConfig({ STOP_DELAY_MS: set.STOP_DELAY_MS });
  t.ok(STOP_DELAY_MS > 0);
  t.ok(pod.terminationGracePeriodSeconds * 1000 > STOP_DELAY_MS + 10_000);
  t.end();
});

t.test('pods are confined as the restricted standard asks, and further', (t) => {
  t.match(pod, { automountServiceAccountToken: false });
  t.match(pod.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  t.strictSame(check.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  t.match(check.resources, { requests: { cpu: String, memory: String }, limits: { memory: String } });
  t.match(named('Namespace'), {
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  t.match(named('NetworkPolicy', 'default-deny'), {
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  t.end();
});

t.test('what selects the pods does, and secrets are named and not held', (t) => {
  t.strictSame(selector.matchLabels, template.metadata.labels);
  const chosen = [
    (named('Service') as Manifest & { spec: { selector: unknown } }).spec.selector,
    (named('PodDisruptionBudget') as Manifest & { spec: { selector: { matchLabels: unknown } } }).spec
      .selector.matchLabels,
    (
      named('NetworkPolicy', 'certificate-party-check') as Manifest & {
        spec: { podSelector: { matchLabels: unknown } };
      }
    ).spec.podSelector.matchLabels,
    (
      manifestsIn('deploy/kubernetes/monitoring')[0] as Manifest & {
        spec: { selector: { matchLabels: unknown } };
      }
    ).spec.selector.matchLabels,
  ];
  for (const each of chosen) t.strictSame(each, selector.matchLabels);
  t.equal(named('ServiceAccount').metadata?.name, pod.serviceAccountName);
  t.notOk(manifests.some(({ kind }) => kind === 'Secret'));
  t.equal(resources.length, 6);
  t.end();
});
