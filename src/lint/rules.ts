import type { Rule } from './rule.ts';
import { addressOutsideSubnet } from './rules/address-outside-subnet.ts';
import { advertisedListenerDuplicate } from './rules/advertised-listener-duplicate.ts';
import { advertisedListenerMissing } from './rules/advertised-listener-missing.ts';
import { advertisedLocalhost } from './rules/advertised-localhost.ts';
import { advertisedPortNotPublished } from './rules/advertised-port-not-published.ts';
import { advertisedWildcard } from './rules/advertised-wildcard.ts';
import { composeSchema } from './rules/compose-schema.ts';
import { containerName } from './rules/container-name.ts';
import { containerNameTwice } from './rules/container-name-twice.ts';
import { controllerAdvertisedListener } from './rules/controller-advertised-listener.ts';
import { controllerListenerMissing } from './rules/controller-listener-missing.ts';
import { dataWithoutVolume } from './rules/data-without-volume.ts';
import { dependencyCycle } from './rules/dependency-cycle.ts';
import { dependsOnWithoutHealth } from './rules/depends-on-without-health.ts';
import { duplicateNodeId } from './rules/duplicate-node-id.ts';
import { envFileSyntax } from './rules/env-file-syntax.ts';
import { environmentNameWhitespace } from './rules/environment-name-whitespace.ts';
import { fileMissing } from './rules/file-missing.ts';
import { fileRefused } from './rules/file-refused.ts';
import { fileUnread } from './rules/file-unread.ts';
import { healthcheckMissing } from './rules/healthcheck-missing.ts';
import { heapOverLimit } from './rules/heap-over-limit.ts';
import { hostAccess } from './rules/host-access.ts';
import { ignoreUnused } from './rules/ignore-unused.ts';
import { imageNotPinned } from './rules/image-not-pinned.ts';
import { imageSettingMissing } from './rules/image-setting-missing.ts';
import { includeNotFollowed } from './rules/include-not-followed.ts';
import { interBrokerListenerMissing } from './rules/inter-broker-listener-missing.ts';
import { interpolation } from './rules/interpolation.ts';
import { kraftQuorum } from './rules/kraft-quorum.ts';
import { kraftSettingMissing } from './rules/kraft-setting-missing.ts';
import { listenerNotMapped } from './rules/listener-not-mapped.ts';
import { newTopicsNotInSync } from './rules/new-topics-not-in-sync.ts';
import { noZookeeperMode } from './rules/no-zookeeper-mode.ts';
import { obsoleteVersion } from './rules/obsolete-version.ts';
import { offsetsNotInSync } from './rules/offsets-not-in-sync.ts';
import { openPort } from './rules/open-port.ts';
import { portPublishedTwice } from './rules/port-published-twice.ts';
import { registryBootstrap } from './rules/registry-bootstrap.ts';
import { replicationFactor } from './rules/replication-factor.ts';
import { transactionTopicDefault } from './rules/transaction-topic-default.ts';
import { undefinedReference } from './rules/undefined-reference.ts';
import { unknownSetting } from './rules/unknown-setting.ts';
import { variableRequired } from './rules/variable-required.ts';
import { variableUnset } from './rules/variable-unset.ts';
import { volumeUnused } from './rules/volume-unused.ts';
import { yamlLimit } from './rules/yaml-limit.ts';
import { yamlSyntax } from './rules/yaml-syntax.ts';
import { zookeeperConnect } from './rules/zookeeper-connect.ts';

/** Every rule, in the order of docs/rules.md: the file, its settings, the cluster, its listeners, the containers. */
export const RULES: readonly Rule[] = [
  yamlSyntax,
  yamlLimit,
  composeSchema,
  interpolation,
  variableRequired,
  variableUnset,
  undefinedReference,
  dependencyCycle,
  containerNameTwice,
  envFileSyntax,
  fileMissing,
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
  offsetsNotInSync,
  newTopicsNotInSync,
  transactionTopicDefault,
  advertisedListenerMissing,
  advertisedListenerDuplicate,
  advertisedWildcard,
  advertisedLocalhost,
  advertisedPortNotPublished,
  listenerNotMapped,
  interBrokerListenerMissing,
  registryBootstrap,
  portPublishedTwice,
  addressOutsideSubnet,
  openPort,
  hostAccess,
  dependsOnWithoutHealth,
  healthcheckMissing,
  containerName,
  dataWithoutVolume,
  volumeUnused,
  heapOverLimit,
  ignoreUnused,
];
