import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.ofdrw.converter.ImageMaker;
import org.ofdrw.core.signatures.SigType;
import org.ofdrw.gm.ses.parse.SESVersion;
import org.ofdrw.gm.ses.parse.VersionParser;
import org.ofdrw.reader.ContentExtractor;
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.verify.OFDValidator;
import org.ofdrw.sign.verify.SignedDataValidateContainer;
import org.ofdrw.sign.verify.container.SESV1ValidateContainer;
import org.ofdrw.sign.verify.container.SESV4ValidateContainer;

/** What ofdrw says of each OFD file of a folder: one JSON line per file. Arguments: folder, folder for pictures. */
public final class OfdJudge {
  /** The stamp's container by its version; versions 4 and 5 have the same shape. */
  private static final class AnyVersion implements SignedDataValidateContainer {
    @Override
    public void validate(SigType type, String algorithm, byte[] content, byte[] signedValue) {
      try {
        boolean first = VersionParser.parseSES_SignatureVersion(signedValue).getVersion() == SESVersion.v1;
        SignedDataValidateContainer container = first ? new SESV1ValidateContainer() : new SESV4ValidateContainer();
        container.validate(type, algorithm, content, signedValue);
      } catch (RuntimeException fault) {
        throw fault;
      } catch (Exception fault) {
        throw new IllegalStateException(fault.toString(), fault);
      }
    }
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }

  private interface Attempt {
    String run() throws Exception;
  }

  private static String attempt(Attempt attempt) {
    try {
      return attempt.run();
    } catch (Throwable fault) {
      return "{\"ok\":false,\"why\":" + quote(String.valueOf(fault)) + "}";
    }
  }

  private static String parse(Path file) throws Exception {
    try (OFDReader reader = new OFDReader(file)) {
      return "{\"ok\":true,\"pages\":" + reader.getNumberOfPages() + "}";
    }
  }

  private static String text(Path file) throws Exception {
    try (OFDReader reader = new OFDReader(file)) {
      List<String> found = new ContentExtractor(reader).extractAll();
      return "{\"ok\":true,\"text\":" + quote(String.join("", found)) + "}";
    }
  }

  private static String verify(Path file) throws Exception {
    try (OFDReader reader = new OFDReader(file); OFDValidator validator = new OFDValidator(reader)) {
      validator.setValidator(new AnyVersion());
      validator.exeValidate();
      return "{\"ok\":true}";
    }
  }

  private static String render(Path file, Path pictures) throws Exception {
    try (OFDReader reader = new OFDReader(file)) {
      ImageMaker maker = new ImageMaker(reader, 8.0);
      int pages = maker.pageSize();
      for (int page = 0; page < pages; page += 1) {
        BufferedImage image = maker.makePage(page);
        String name = file.getFileName().toString().replaceAll("\\.ofd$", "") + "-" + page + ".png";
        ImageIO.write(image, "png", pictures.resolve(name).toFile());
      }
      return "{\"ok\":true,\"pages\":" + pages + "}";
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Path pictures = Path.of(arguments[1]);
    Files.createDirectories(pictures);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(path -> path.toString().endsWith(".ofd")).sorted().forEach(files::add);
    }
    for (Path file : files) {
      String line =
          "{\"judge\":\"ofdrw\",\"file\":" + quote(file.getFileName().toString())
              + ",\"parse\":" + attempt(() -> parse(file))
              + ",\"text\":" + attempt(() -> text(file))
              + ",\"verify\":" + attempt(() -> verify(file))
              + ",\"render\":" + attempt(() -> render(file, pictures)) + "}\n";
      System.out.write(line.getBytes(StandardCharsets.UTF_8));
      System.out.flush();
    }
  }
}
