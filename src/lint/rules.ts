import type { Rule } from './rule.ts';
import { addressOutsideSubnet } from './rules/address-outside-subnet.ts';
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
import { clientService } from './rules/client-service.ts';
import { clientZookeeper } from './rules/client-zookeeper.ts';
import { clusterIdDiffers } from './rules/cluster-id-differs.ts';
import { commandOptionRemoved } from './rules/command-option-removed.ts';
import { commandProgramMissing } from './rules/command-program-missing.ts';
import { composeSchema } from './rules/compose-schema.ts';
import { connectTopics } from './rules/connect-topics.ts';
import { containerName } from './rules/container-name.ts';
import { containerNameTwice } from './rules/container-name-twice.ts';
import { controllerAdvertisedListener } from './rules/controller-advertised-listener.ts';
import { controllerListenerMissing } from './rules/controller-listener-missing.ts';
import { dataNotWritable } from './rules/data-not-writable.ts';
import { dataWithoutVolume } from './rules/data-without-volume.ts';
import { dependencyCycle } from './rules/dependency-cycle.ts';
import { dependsOnWithoutHealth } from './rules/depends-on-without-health.ts';
import { duplicateNodeId } from './rules/duplicate-node-id.ts';
import { envFileSyntax } from './rules/env-file-syntax.ts';
import { environmentNameWhitespace } from './rules/environment-name-whitespace.ts';
import { fileMissing } from './rules/file-missing.ts';
import { fileRefused } from './rules/file-refused.ts';
import { fileUnread } from './rules/file-unread.ts';
import { healthcheckFails } from './rules/healthcheck-fails.ts';
import { healthcheckMissing } from './rules/healthcheck-missing.ts';
import { healthcheckSaysNothing } from './rules/healthcheck-says-nothing.ts';
import { heapOverLimit } from './rules/heap-over-limit.ts';
import { hostAccess } from './rules/host-access.ts';
import { ignoreUnused } from './rules/ignore-unused.ts';
import { imageNotPinned } from './rules/image-not-pinned.ts';
import { imageSettingMissing } from './rules/image-setting-missing.ts';
import { imageSettingRefused } from './rules/image-setting-refused.ts';
import { imageWithdrawn } from './rules/image-withdrawn.ts';
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
import { newTopicsNotInSync } from './rules/new-topics-not-in-sync.ts';
import { noZookeeperMode } from './rules/no-zookeeper-mode.ts';
import { nodeIdDiffers } from './rules/node-id-differs.ts';
import { obsoleteVersion } from './rules/obsolete-version.ts';
import { offsetsNotInSync } from './rules/offsets-not-in-sync.ts';
import { openPort } from './rules/open-port.ts';
import { pathOfOneMachine } from './rules/path-of-one-machine.ts';
import { portPublishedTwice } from './rules/port-published-twice.ts';
import { portsIgnored } from './rules/ports-ignored.ts';
import { publishedInternalName } from './rules/published-internal-name.ts';
import { publishedPortUnused } from './rules/published-port-unused.ts';
import { quotesInValue } from './rules/quotes-in-value.ts';
import { registryBootstrap } from './rules/registry-bootstrap.ts';
import { replicationFactor } from './rules/replication-factor.ts';
import { secureListenerIncomplete } from './rules/secure-listener-incomplete.ts';
import { serviceNameOnHostNetwork } from './rules/service-name-on-host-network.ts';
import { sharedData } from './rules/shared-data.ts';
import { transactionTopicDefault } from './rules/transaction-topic-default.ts';
import { undefinedReference } from './rules/undefined-reference.ts';
import { unknownSetting } from './rules/unknown-setting.ts';
import { variableOfAnotherImage } from './rules/variable-of-another-image.ts';
import { variableRequired } from './rules/variable-required.ts';
import { variableTwice } from './rules/variable-twice.ts';
import { variableUnset } from './rules/variable-unset.ts';
import { volumeUnused } from './rules/volume-unused.ts';
import { yamlLimit } from './rules/yaml-limit.ts';
import { yamlSyntax } from './rules/yaml-syntax.ts';
import { zookeeperConnect } from './rules/zookeeper-connect.ts';
import { zookeeperEnsemble } from './rules/zookeeper-ensemble.ts';

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
  variableTwice,
  quotesInValue,
  unknownSetting,
  variableOfAnotherImage,
  imageSettingMissing,
  imageSettingRefused,
  imageNotPinned,
  imageWithdrawn,
  noZookeeperMode,
  zookeeperConnect,
  zookeeperEnsemble,
  kraftSettingMissing,
  kraftQuorum,
  clusterIdDiffers,
  controllerListenerMissing,
  controllerAdvertisedListener,
  duplicateNodeId,
  nodeIdDiffers,
  sharedData,
  replicationFactor,
  offsetsNotInSync,
  newTopicsNotInSync,
  transactionTopicDefault,
  connectTopics,
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
  secureListenerIncomplete,
  registryBootstrap,
  clientBootstrap,
  clientRegistry,
  clientService,
  clientZookeeper,
  serviceNameOnHostNetwork,
  publishedInternalName,
  publishedPortUnused,
  portPublishedTwice,
  addressOutsideSubnet,
  portsIgnored,
  openPort,
  hostAccess,
  dependsOnWithoutHealth,
  healthcheckMissing,
  healthcheckFails,
  healthcheckSaysNothing,
  commandProgramMissing,
  commandOptionRemoved,
  containerName,
  dataWithoutVolume,
  dataNotWritable,
  volumeUnused,
  pathOfOneMachine,
  heapOverLimit,
  ignoreUnused,
];
