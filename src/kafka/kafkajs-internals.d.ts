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
