# shellcheck shell=bash
# KAFKA_LOG4J_ROOT_LOGLEVEL and KAFKA_LOG4J_LOGGERS (name=LEVEL,…), for log4j 1 (Kafka 3) and 2 (Kafka 4).
configure_logging() {
  local root=${KAFKA_LOG4J_ROOT_LOGLEVEL:-INFO} loggers pair i=0
  IFS=, read -ra loggers <<<"${KAFKA_LOG4J_LOGGERS-}"
  if [[ -e /usr/share/java/kafka/has-zookeeper ]]; then
    {
      echo "log4j.rootLogger=$root, stdout"
      echo 'log4j.appender.stdout=org.apache.log4j.ConsoleAppender'
      echo 'log4j.appender.stdout.layout=org.apache.log4j.PatternLayout'
      echo 'log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n'
      for pair in "${loggers[@]}"; do echo "log4j.logger.${pair%%=*}=${pair#*=}"; done
    } >/etc/kafka/log4j.properties
  else
    {
      echo "rootLogger=$root, stdout"
      echo 'appender.stdout.type=Console'
      echo 'appender.stdout.name=stdout'
      echo 'appender.stdout.layout.type=PatternLayout'
      echo 'appender.stdout.layout.pattern=[%d] %p %m (%c)%n'
      for pair in "${loggers[@]}"; do
        i=$((i + 1))
        echo "logger.l$i.name=${pair%%=*}"
        echo "logger.l$i.level=${pair#*=}"
      done
    } >/etc/kafka/log4j.properties
  fi
}
