// Rows a learner of MOA predicts and learns in a second of CPU, one after the other: java -cp moa.jar MoaLearners.java DATA.csv ROWS PASSES LEARNER
// Prints a line a pass: rows a second of CPU (JIT and collection of garbage included), and the share of right answers. Called by bench/peers.ts.
import com.sun.management.OperatingSystemMXBean;
import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import moa.classifiers.Classifier;
import moa.options.ClassOption;

public class MoaLearners {
  public static void main(String[] args) throws Exception {
    List<String> lines = Files.readAllLines(Paths.get(args[0]));
    int wanted = Integer.parseInt(args[1]);
    int features = lines.get(0).split(",").length - 1;
    ArrayList<Attribute> attributes = new ArrayList<>();
    for (int i = 0; i < features; i++) attributes.add(new Attribute("a" + i));
    attributes.add(new Attribute("class", Arrays.asList("0", "1")));
    Instances head = new Instances("data", attributes, 0);
    head.setClassIndex(features);
    InstancesHeader header = new InstancesHeader(head);
    List<Instance> rows = new ArrayList<>();
    for (String line : lines.subList(1, Math.min(lines.size(), wanted + 1))) {
      String[] cells = line.split(",");
      double[] values = new double[features + 1];
      for (int i = 0; i < features; i++) values[i] = Double.parseDouble(cells[i]);
      values[features] = cells[features].trim().equals("UP") ? 1 : 0;
      DenseInstance instance = new DenseInstance(1.0, values);
      instance.setDataset(header);
      rows.add(instance);
    }
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (int pass = 0; pass < Integer.parseInt(args[2]); pass++) {
      Classifier learner = (Classifier) ClassOption.cliStringToObject(args[3], Classifier.class, null);
      learner.setRandomSeed(pass + 1);
      learner.prepareForUse();
      learner.setModelContext(header);
      long start = system.getProcessCpuTime();
      int right = 0;
      for (Instance row : rows) {
        double[] votes = learner.getVotesForInstance(row);
        int best = 0;
        for (int c = 1; c < votes.length; c++) if (votes[c] > votes[best]) best = c;
        if (best == (int) row.classValue()) right++;
        learner.trainOnInstance(row);
      }
      double seconds = (system.getProcessCpuTime() - start) / 1e9;
      System.out.println(rows.size() / seconds + " " + right / (double) rows.size());
    }
  }
}
