// The private key of a PKCS 12 file in base64, which keytool does not give. Run as a single file: FILE PASSWORD ALIAS.
import java.io.File;
import java.security.KeyStore;
import java.util.Base64;

class PrivateKey {
  public static void main(String[] args) throws Exception {
    char[] password = args[1].toCharArray();
    KeyStore store = KeyStore.getInstance(new File(args[0]), password);
    System.out.print(Base64.getEncoder().encodeToString(store.getKey(args[2], password).getEncoded()));
  }
}
