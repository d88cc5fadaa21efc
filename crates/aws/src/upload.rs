//! Writing a file as an object.

use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use trailsearch_core::object::ObjectRef;
use trailsearch_ingest::ports::Cause;

use crate::S3Store;
use crate::store::status_of;

/// Why a file could not be uploaded.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The credentials may not write there.
    #[error("access to {0} is denied (s3:PutObject is needed)")]
    Denied(ObjectRef, #[source] Cause),
    /// Any other fault.
    #[error("{0} cannot be written (check the bucket, the region and the endpoint)")]
    Failed(ObjectRef, #[source] Cause),
}

impl S3Store {
    /// Writes a file of at most 5 GB to `object`, in the place of what may be there, and gives its new `ETag`.
    ///
    /// # Errors
    /// When the file cannot be read or S3 does not take it.
    pub async fn upload(&self, object: &ObjectRef, file: &Path) -> Result<Option<String>, UploadError> {
        let failed = |cause| UploadError::Failed(object.clone(), cause);
        let body = ByteStream::from_path(file).await.map_err(|error| failed(error.into()))?;
        let put = self.client.put_object().bucket(&object.bucket).key(&object.key).body(body);
        let reply = put.send().await.map_err(|error| match status_of(&error) {
            Some(403) => UploadError::Denied(object.clone(), error.into()),
            _ => failed(error.into()),
        })?;
        Ok(reply.e_tag)
    }
}
