// What a reader that is not ours sees of a cluster: the Java consumer in read_committed, and the administrator's view of transactions.
// Commands come a line at a time, answers are lines that end with a line of one dot.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.serialization.StringDeserializer;

class Verify {
  static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Admin admin = Admin.create(settings)) {
      for (String line; (line = in.readLine()) != null; ) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "records" -> records(settings, admin, words[1]);
          case "stable" -> stable(admin, words[1]);
          case "transactions" -> transactions(settings);
          case "lagging" -> lagging(admin);
          case "leaders" -> leaders(admin, words[1]);
          case "elect" -> admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
          case "keeper" -> OUT.println(keeper(admin, words[1], words[2]));
          default -> throw new IllegalArgumentException(line);
        }
        OUT.println(".");
        OUT.flush();
      }
    }
  }

  static List<TopicPartition> partitions(Admin admin, String topic) throws Exception {
    TopicDescription found = admin.describeTopics(List.of(topic)).topicNameValues().get(topic).get();
    return found.partitions().stream().map(p -> new TopicPartition(topic, p.partition())).toList();
  }

  /** `partition TAB offset TAB key TAB value`, up to the last stable offset. */
  static void records(Properties settings, Admin admin, String topic) throws Exception {
    Properties own = new Properties();
    own.putAll(settings);
    own.put("isolation.level", "read_committed");
    own.put("enable.auto.commit", "false");
    own.put("auto.offset.reset", "none");
    own.put("allow.auto.create.topics", "false");
    var text = new StringDeserializer();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(own, text, text)) {
      List<TopicPartition> all = partitions(admin, topic);
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p)))
        for (ConsumerRecord<String, String> r : consumer.poll(Duration.ofMillis(100)))
          OUT.println(r.partition() + "\t" + r.offset() + "\t" + r.key() + "\t" + r.value());
    }
  }

  /** `partition TAB last stable offset TAB offset behind the last record`. */
  static void stable(Admin admin, String topic) throws Exception {
    for (TopicPartition p : partitions(admin, topic)) {
      var at = Map.of(p, OffsetSpec.latest());
      long[] ends = new long[2];
      for (IsolationLevel level : IsolationLevel.values())
        ends[level == IsolationLevel.READ_COMMITTED ? 0 : 1] =
            admin.listOffsets(at, new ListOffsetsOptions(level)).partitionResult(p).get().offset();
      OUT.println(p.partition() + "\t" + ends[0] + "\t" + ends[1]);
    }
  }

  /** `transactional id TAB state` of all there are. */
  static void transactions(Properties settings) throws Exception {
    // One that has been asked before fails where a broker has gone meanwhile (AllBrokersStrategy: "Unexpected key set").
    try (Admin admin = Admin.create(settings)) {
      for (TransactionListing each : admin.listTransactions().all().get())
        OUT.println(each.transactionalId() + "\t" + each.state());
    }
  }

  /** `topic TAB partition` of those that are not on all their brokers. */
  static void lagging(Admin admin) throws Exception {
    Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values())
      for (var p : topic.partitions())
        if (p.isr().size() < p.replicas().size()) OUT.println(topic.name() + "\t" + p.partition());
  }

  /** The broker that coordinates a `group` or a `transaction`. */
  static int keeper(Admin admin, String kind, String id) throws Exception {
    return kind.equals("group")
        ? admin.describeClassicGroups(List.of(id)).describedGroups().get(id).get().coordinator().id()
        : admin.describeTransactions(List.of(id)).description(id).get().coordinatorId();
  }

  /** `partition TAB leader`. */
  static void leaders(Admin admin, String topic) throws Exception {
    for (var p : admin.describeTopics(List.of(topic)).topicNameValues().get(topic).get().partitions())
      OUT.println(p.partition() + "\t" + (p.leader() == null ? -1 : p.leader().id()));
  }
}
