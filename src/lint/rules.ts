import type { Rule } from './rule.ts';
import { advertisedHostOutside } from './rules/advertised-host-outside.ts';
import { advertisedHostUnknown } from './rules/advertised-host-unknown.ts';
import { advertisedListenerDuplicate } from './rules/advertised-listener-duplicate.ts';
import { advertisedListenerMissing } from './rules/advertised-listener-missing.ts';
import { advertisedLocalhost } from './rules/advertised-localhost.ts';
import { advertisedNotAListener } from './rules/advertised-not-a-listener.ts';
import { advertisedPortNotPublished } from './rules/advertised-port-not-published.ts';
import { advertisedPortWithoutListener } from './rules/advertised-port-without-listener.ts';
import { advertisedWildcard } from './rules/advertised-wildcard.ts';
import { clientBootstrap } from './rules/client-bootstrap.ts';
import { clientRegistry } from './rules/client-registry.ts';
import { clientZookeeper } from './rules/client-zookeeper.ts';
import { composeSchema } from './rules/compose-schema.ts';
import { containerName } from './rules/container-name.ts';
import { controllerAdvertisedListener } from './rules/controller-advertised-listener.ts';
import { controllerListenerMissing } from './rules/controller-listener-missing.ts';
import { dataWithoutVolume } from './rules/data-without-volume.ts';
import { dependsOnWithoutHealth } from './rules/depends-on-without-health.ts';
import { duplicateNodeId } from './rules/duplicate-node-id.ts';
import { environmentNameWhitespace } from './rules/environment-name-whitespace.ts';
import { fileRefused } from './rules/file-refused.ts';
import { fileUnread } from './rules/file-unread.ts';
import { healthcheckMissing } from './rules/healthcheck-missing.ts';
import { heapOverLimit } from './rules/heap-over-limit.ts';
import { hostAccess } from './rules/host-access.ts';
import { imageNotPinned } from './rules/image-not-pinned.ts';
import { imageSettingMissing } from './rules/image-setting-missing.ts';
import { includeNotFollowed } from './rules/include-not-followed.ts';
import { interBrokerListenerMissing } from './rules/inter-broker-listener-missing.ts';
import { interBrokerSetTwice } from './rules/inter-broker-set-twice.ts';
import { interpolation } from './rules/interpolation.ts';
import { kraftQuorum } from './rules/kraft-quorum.ts';
import { kraftSettingMissing } from './rules/kraft-setting-missing.ts';
import { listenerDuplicate } from './rules/listener-duplicate.ts';
import { listenerNotMapped } from './rules/listener-not-mapped.ts';
import { listenerOnLocalhost } from './rules/listener-on-localhost.ts';
import { localhostListenerUnpublished } from './rules/localhost-listener-unpublished.ts';
import { noZookeeperMode } from './rules/no-zookeeper-mode.ts';
import { obsoleteVersion } from './rules/obsolete-version.ts';
import { openPort } from './rules/open-port.ts';
import { portPublishedTwice } from './rules/port-published-twice.ts';
import { publishedInternalName } from './rules/published-internal-name.ts';
import { publishedPortUnused } from './rules/published-port-unused.ts';
import { registryBootstrap } from './rules/registry-bootstrap.ts';
import { replicationFactor } from './rules/replication-factor.ts';
import { serviceNameOnHostNetwork } from './rules/service-name-on-host-network.ts';
import { transactionTopicDefault } from './rules/transaction-topic-default.ts';
import { undefinedReference } from './rules/undefined-reference.ts';
import { unknownSetting } from './rules/unknown-setting.ts';
import { variableUnset } from './rules/variable-unset.ts';
import { yamlLimit } from './rules/yaml-limit.ts';
import { yamlSyntax } from './rules/yaml-syntax.ts';
import { zookeeperConnect } from './rules/zookeeper-connect.ts';

/** Every rule, in the order of docs/rules.md: the file, its settings, the cluster, its listeners, the containers. */
export const RULES: readonly Rule[] = [
  yamlSyntax,
  yamlLimit,
  composeSchema,
  interpolation,
  variableUnset,
  undefinedReference,
  fileUnread,
  fileRefused,
  includeNotFollowed,
  obsoleteVersion,
  environmentNameWhitespace,
  unknownSetting,
  imageSettingMissing,
  imageNotPinned,
  noZookeeperMode,
  zookeeperConnect,
  kraftSettingMissing,
  kraftQuorum,
  controllerListenerMissing,
  controllerAdvertisedListener,
  duplicateNodeId,
  replicationFactor,
  transactionTopicDefault,
  advertisedListenerMissing,
  advertisedListenerDuplicate,
  advertisedWildcard,
  advertisedHostUnknown,
  advertisedHostOutside,
  advertisedLocalhost,
  advertisedPortNotPublished,
  localhostListenerUnpublished,
  advertisedPortWithoutListener,
  advertisedNotAListener,
  listenerDuplicate,
  listenerNotMapped,
  listenerOnLocalhost,
  interBrokerListenerMissing,
  interBrokerSetTwice,
  registryBootstrap,
  clientBootstrap,
  clientRegistry,
  clientZookeeper,
  serviceNameOnHostNetwork,
  publishedInternalName,
  publishedPortUnused,
  portPublishedTwice,
  openPort,
  hostAccess,
  dependsOnWithoutHealth,
  healthcheckMissing,
  containerName,
  dataWithoutVolume,
  heapOverLimit,
];
