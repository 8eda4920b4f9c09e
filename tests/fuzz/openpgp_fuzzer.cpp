// Any bytes → packets, armour, certificates within their bounds.
#include "expect.hpp"
#include "openpgp/armour.hpp"
#include "openpgp/certificate.hpp"
#include "openpgp/clearsigned.hpp"
#include "openpgp/packets.hpp"
#include "openpgp/wkd.hpp"

#include <algorithm>
#include <cstdint>

using namespace cvdesk::openpgp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)survey(bytes);
  EXPECT(without_passphrases(bytes).size() <= size);
  (void)read_clearsigned(bytes);
  if (const auto binary = dearmour(bytes, 1 << 20)) {
    EXPECT(binary->size() <= 1 << 20);
    (void)survey(*binary);
  }
  if (const auto found = certificate_in_directory(bytes, "someone@somewhere.example")) {
    const auto& addresses = found->addresses;
    EXPECT(std::find(addresses.begin(), addresses.end(), "someone@somewhere.example") != addresses.end());
  }
  const auto certificates = read_certificates(bytes, "someone@somewhere.example");
  if (!certificates) return 0;
  EXPECT(certificates->size() <= 8);
  for (const auto& certificate : *certificates) {
    EXPECT(certificate.blob.size() <= 64 * 1024);
    EXPECT(certificate.fingerprint.size() == 40 || certificate.fingerprint.size() == 64);
  }
  return 0;
}
