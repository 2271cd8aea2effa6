import version1 from 'kafkajs/src/protocol/requests/createTopics/v1/response.js';
import version2 from 'kafkajs/src/protocol/requests/createTopics/v2/response.js';
import version3 from 'kafkajs/src/protocol/requests/createTopics/v3/response.js';

const told = new WeakSet<object>();

/**
 * Lets kafkajs say why a topic is not made: by itself it throws away what the controller tells in words (the name of the topic
 * that a new one collides with, the sentence of a policy) and gives the general text of the error's number.
 */
export function tellCreationReasons(): void {
  for (const response of [version1, version2, version3]) {
    if (told.has(response)) continue;
    told.add(response);
    const parse = response.parse.bind(response);
    response.parse = async data => {
      try {
        return await parse(data);
      } catch (error) {
        const { errors = [] } = error as { errors?: { topic: string; message: string }[] };
        for (const each of errors) {
          const reason = data.topicErrors.find(({ topic }) => topic === each.topic)?.errorMessage;
          if (reason) each.message = reason;
        }
        throw error;
      }
    };
  }
}
