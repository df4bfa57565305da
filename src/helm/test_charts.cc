#include "helm/test_charts.h"

#include <archive.h>
#include <archive_entry.h>

namespace jibe::helm {

File chart_yaml(const std::string& name, const std::string& more) {
  return {"Chart.yaml", "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" + more};
}

std::string make_tgz(const std::vector<TarEntry>& entries) {
  archive* writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_pax_restricted(writer);
  std::string out(1 << 20, '\0');
  size_t used = 0;
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const TarEntry& entry : entries) {
    archive_entry* head = archive_entry_new();
    archive_entry_set_pathname(head, entry.name.c_str());
    archive_entry_set_perm(head, 0644);
    archive_entry_set_filetype(head, entry.type == '5' ? AE_IFDIR : AE_IFREG);
    if (entry.type == '2') {
      archive_entry_set_filetype(head, AE_IFLNK);
      archive_entry_set_symlink(head, entry.data.c_str());
    } else if (entry.type == '1') {
      archive_entry_set_hardlink(head, entry.data.c_str());
    } else {
      archive_entry_set_size(head, static_cast<int64_t>(entry.data.size()));
    }
    archive_write_header(writer, head);
    if (entry.type == '0') archive_write_data(writer, entry.data.data(), entry.data.size());
    archive_entry_free(head);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

}  // namespace jibe::helm
