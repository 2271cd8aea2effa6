/** How kafkajs reads the answer to a request for topics. */
declare module 'kafkajs/src/protocol/requests/createTopics/*' {
  interface CreateTopicsAnswer {
    readonly topicErrors: readonly {
      readonly topic: string;
      readonly errorCode: number;
      readonly errorMessage?: string | null;
    }[];
  }

  const response: {
    decode(rawData: Buffer): Promise<CreateTopicsAnswer>;
    parse(data: CreateTopicsAnswer): Promise<CreateTopicsAnswer>;
  };
  export default response;
}

/** How kafkajs reads the answer to a request for records, in the highest version that it knows. */
declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  const response: { decode(rawData: Buffer): Promise<unknown> };
  export default response;
}

/** What kafkajs sends records with, by the version of the request. */
declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  interface Encoded {
    readonly buf: Buffer;
    readonly buffer: Buffer;
  }
  interface ProduceOptions {
    readonly acks: number;
    readonly timeout: number;
    readonly transactionalId?: string | null;
    readonly producerId?: number | string;
    readonly producerEpoch?: number;
    readonly topicData: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly messages: readonly unknown[] }[];
    }[];
  }
  type MakeRequest = (options: ProduceOptions) => {
    readonly request: { readonly encode: () => Promise<Encoded> };
    readonly response: unknown;
  };

  const produce: { protocol(wanted: { readonly version: number }): MakeRequest };
  export default produce;
}

/** The checksum of batches of records. */
declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function crc32C(bytes: Buffer): number;
}

/** How kafkajs signs in with SASL. */
declare module 'kafkajs/src/broker/saslAuthenticator/index.js' {
  export default class SaslAuthenticator {
    connection: {
      /** `HOST:PORT` */
      readonly broker: string;
      readonly sasl: { readonly mechanism: string };
      send(request: unknown): Promise<unknown>;
    };
    authenticate(): Promise<void>;
  }
}

/** How kafkajs asks a broker, whichever answers. */
declare module 'kafkajs/src/cluster/brokerPool.js' {
  export default class BrokerPool {
    /** @returns null when none has answered */
    withBroker(ask: (broker: unknown) => Promise<unknown>): Promise<unknown>;
  }
}
